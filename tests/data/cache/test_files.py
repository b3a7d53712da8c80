"""The atomic writer and its lock."""

from __future__ import annotations

import os
import subprocess
import threading

import pytest

from data.platform import files
from data.platform.files import LockBusy, locked, quarantine, remove_orphans, write_atomic


def names(folder):
    return sorted(each.name for each in folder.iterdir())


def test_a_file_is_replaced_with_the_mode_asked_for(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    write_atomic(path, b"new", 0o640)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("call", ["open", "fchmod", "fsync", "replace"])
@pytest.mark.parametrize("error", [28, 5, 30], ids=["ENOSPC", "EIO", "EROFS"])
def test_a_failing_system_call_leaves_the_old_file_and_no_rubbish(tmp_path, monkeypatch, call, error):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(*_, **__):
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patched:
        patched.setattr(type(path) if call == "replace" else files.os, call, fail)
        with pytest.raises(OSError, match=r"^\[Errno"):
            write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_old_orphans_of_a_file_go_and_nothing_else(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    old, dead = f".a.json.1-{'a' * 12}.tmp", f".a.json.{gone.pid}-{'b' * 12}.tmp"
    alive, mine = f".a.json.1-{'c' * 12}.tmp", f".a.json.{os.getpid()}-{'d' * 12}.tmp"
    others, elses = f".b.json.{gone.pid}-{'e' * 12}.tmp", ".a.json.hand-made.tmp"
    for name in (old, dead, alive, mine, others, elses, "a.json"):
        (tmp_path / name).write_text("")
    os.utime(tmp_path / old, (0, 0))
    os.utime(tmp_path / elses, (0, 0))
    assert remove_orphans(tmp_path, "a.json") == 3
    assert names(tmp_path) == sorted([alive, others, elses, "a.json"])
    assert remove_orphans(tmp_path) == 1
    assert names(tmp_path) == sorted([alive, elses, "a.json"])


def test_the_lock_is_on_a_file_beside_and_one_holder_at_a_time(tmp_path):
    path = tmp_path / "a"
    inside, most, guard = [], [], threading.Lock()

    def hold():
        for _ in range(20):
            with locked(path):
                with guard:
                    inside.append(1)
                    most.append(len(inside))
                with guard:
                    inside.pop()

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (max(most), len(most)) == (1, 80)
    assert not path.exists()


def test_a_lock_held_too_long_is_an_error_with_words(tmp_path):
    path = tmp_path / "settings.json"
    with locked(path), pytest.raises(LockBusy, match=r"settings\.json"), locked(path, timeout=0.01):
        pass


def test_quarantine_moves_or_copies(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x")
    copy = quarantine(path, keep=True)
    assert (path.exists(), copy.read_bytes(), copy.stat().st_mode & 0o777) == (True, b"x", 0o600)
    assert quarantine(path, keep=True) == copy
    moved = quarantine(path)
    assert not path.exists()
    assert moved != copy
