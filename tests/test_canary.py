"""A canary for a token is looked for in everything that Throughline emits: only its own 0600 file may hold it."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

ROOT = Path(__file__).parents[1]
TOKEN = "c4nary/t0ken+of=everything%Zq7"
EMAIL = "canary@example.org"
SHAPES = {
    "plain": TOKEN,
    "in a Basic header": base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode(),
    "in a URL": quote(TOKEN, safe=""),
    "in base64": base64.b64encode(TOKEN.encode()).decode(),
    "reversed": TOKEN[::-1],
    "a part of it": "t0ken",
}


def shapes_in(content: bytes) -> list[str]:
    return [name for name, shape in SHAPES.items() if shape.encode() in content]


@pytest.mark.parametrize("where", ["environment", "stored", "form"])
def test_nothing_that_is_emitted_holds_the_token(tmp_path, where):
    """`where`: how the program came by the token."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("JIRA_", "THROUGHLINE_"))}
    env |= {
        "THROUGHLINE_HOME": str(tmp_path / "home"),
        "THROUGHLINE_SETTINGS": str(tmp_path / "app_settings.json"),
        "THROUGHLINE_DEBUG": "1",
    }
    script = Path(__file__).with_name("emit_everything.py")
    done = subprocess.run(
        [sys.executable, "-m", f"tests.{script.stem}", TOKEN, EMAIL, tmp_path, where],
        cwd=ROOT,
        env=env,
        capture_output=True,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert b"The last word of this program" in done.stderr, done.stderr[-3000:].decode()
    acted = int(re.search(rb"(\d+) callbacks answered", done.stdout)[1])
    assert acted > 20
    assert int(re.search(rb"(\d+) of patterns", done.stdout)[1]) >= 2
    assert done.stderr.count(b"DEBUG:urllib3") > 20, "the HTTP library logs at DEBUG"
    found = {name: shapes_in(content) for name, content in {"stdout": done.stdout, "stderr": done.stderr}.items()}
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "token.json":
            found[str(path.relative_to(tmp_path))] = shapes_in(path.read_bytes())
    assert {name: shapes for name, shapes in found.items() if shapes} == {}
    assert len(found) > 40
    assert any("xl/sharedStrings" in path.read_text("utf-8", "replace")[:200] for path in tmp_path.rglob("*-part"))
    assert b"[hidden]" in said
    kept = tmp_path / "home" / "token.json"
    assert kept.exists() == (where != "environment")
    if kept.exists():
        assert TOKEN in kept.read_text()
        assert kept.stat().st_mode & 0o777 == 0o600


def test_no_process_shows_the_token_in_its_command_line(tmp_path):
    env = {
        **os.environ,
        "THROUGHLINE_HOME": str(tmp_path / "home"),
        "THROUGHLINE_SETTINGS": str(tmp_path / "app_settings.json"),
        "JIRA_URL": "http://127.0.0.1:9",
        "JIRA_TOKEN": TOKEN,
    }
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("needs /proc to list processes")
    served = subprocess.Popen(
        [sys.executable, "app.py", "serve", "--port", "0"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert "http://127.0.0.1" in served.stdout.readline()
        lines = {}
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                lines[each.parent.name] = each.read_bytes()
            except OSError:
                continue  # it has ended meanwhile
        assert str(served.pid) in lines
        ours = {number: line for number, line in lines.items() if b"emit_everything" not in line}
        assert {number: line for number, line in ours.items() if shapes_in(line)} == {}
    finally:
        served.terminate()
        served.wait()
        served.stdout.close()


# -- no pickle: a file of ours must never be a program

PRODUCT = ("api", "app.py", "callbacks", "cli", "data", "sample", "ui")
PICKLES = re.compile(
    r"\b(c?[pP]ickle|dill|shelve|marshal|joblib|cloudpickle|diskcache|DiskcacheManager|CeleryManager|flask_caching|"
    r"read_pickle|to_pickle|allow_pickle(?!=False)|FileSystemCache|background\s*=\s*True)\b"
)


def test_nothing_is_pickled():
    files = [
        path for name in PRODUCT for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    ]
    assert len(files) > 80
    found = {
        f"{path.relative_to(ROOT)}:{n}": line
        for path in files
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if PICKLES.search(line)
    }
    assert found == {}


def test_running_it_loads_no_cache_that_pickles():
    code = (
        "import sys, app; from data.services.services import open_services; app.server;"
        "print([m for m in ('shelve', 'dill', 'joblib', 'diskcache', 'flask_caching', 'celery') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
