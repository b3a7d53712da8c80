"""The installed application: a wheel has all that the program needs, and its command works without the source."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("api", "callbacks", "cli", "data", "examples", "sample", "ui")
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); import app; app.throughline()"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, made from a copy of the tracked files, so that nothing is written into the project."""
    folder = tmp_path_factory.mktemp("wheel")
    source, out = folder / "source", folder / "out"
    for each in _tracked():
        target = source / each
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / each).read_bytes())
    out.mkdir()
    make = f"import setuptools.build_meta as b; b.build_wheel({str(out)!r})"
    done = subprocess.run([sys.executable, "-c", make], cwd=source, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    [made] = out.glob("*.whl")
    return made


def _tracked() -> list[str]:
    """Paths under version control that exist; without git, all files of the folders and of the top."""
    asked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if asked.returncode == 0 and asked.stdout:
        return [each for each in asked.stdout.splitlines() if (ROOT / each).is_file()]
    found = [*ROOT.glob("*"), *(each for name in FOLDERS for each in (ROOT / name).rglob("*"))]
    return [str(each.relative_to(ROOT)) for each in found if each.is_file() and "__pycache__" not in each.parts]


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The wheel unpacked, as an installer does it; dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def throughline(installed, tmp_path):
    """Runs the command far from the source."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("THROUGHLINE_", "JIRA_"))}
        env = {**keep, "THROUGHLINE_HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
        env.pop("PYTHONPATH", None)
        where = tmp_path / "elsewhere"
        where.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-c", START, str(installed), *words],
            cwd=where,
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def test_a_wheel_carries_every_file_of_the_program(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = {each for each in _tracked() if each.split("/")[0] in FOLDERS} | {"app.py", "assembly.py"}
    assert wanted, "no file is tracked"
    assert not wanted - held
    assert not [each for each in held if each.startswith(("tests/", "benchmarks/", "mutants/"))]


def test_the_wheel_asks_for_what_the_program_is_developed_with(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        told = archive.read(metadata).decode()
    lines = (ROOT / "requirements.in").read_text("utf-8").splitlines()
    names = {line.split("#")[0].strip() for line in lines} - {""}
    required = [each for each in told.splitlines() if each.startswith("Requires-Dist: ") and "extra ==" not in each]
    assert len(required) == len(names) > 10


def test_the_command_works_without_the_source(throughline, tmp_path):
    version = throughline("version")
    assert (version.returncode, version.stdout.split()[0]) == (0, "throughline"), version.stderr
    empty = throughline("sites-that-do-not-exist")
    assert empty.returncode == 2
    assert "throughline --help" in empty.stderr and "python app.py" not in empty.stderr
    synced = throughline("sync")
    assert synced.returncode == 0, synced.stderr
    numbers = throughline("metrics", "--format", "csv")
    assert numbers.returncode == 0, numbers.stderr
    assert "deployment_frequency" in numbers.stdout
    assert not (tmp_path / "elsewhere" / "app_settings.json").exists()


def test_release_notes_are_installed_and_name_this_version(installed):
    ask = (
        "import sys; sys.path.insert(0, sys.argv[1]); from data.values.program import changelog, version; "
        "print(version()); print(changelog())"
    )
    # An unpacked wheel keeps data files below <name>.data/data; an installer moves them to the environment.
    done = subprocess.run([sys.executable, "-c", ask, str(installed)], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    version = done.stdout.split()[0]
    assert f"## {version}" in done.stdout
