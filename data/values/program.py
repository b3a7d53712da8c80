"""What this program is called here, and which version it is."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

NAME = "throughline"
CHANGELOG = "CHANGELOG.md"
_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
IS_CHECKOUT = _PROJECT.is_file()  # it runs from a folder of its source, not as an installed application
COMMAND = "python app.py" if IS_CHECKOUT else NAME  # what people type before the name of a command


def changelog() -> str:
    """What changed from version to version, as Markdown; empty where the file was not installed."""
    path = _PROJECT.with_name(CHANGELOG)
    if not IS_CHECKOUT:
        named = [each for each in metadata.files(NAME) or () if each.name == CHANGELOG]
        path = Path(str(named[0].locate())) if named else path
    return path.read_text("utf-8") if path.is_file() else ""


@cache
def version() -> str:
    """The version, such as 1.2.0. In a checkout the one that its `pyproject.toml` names."""
    if IS_CHECKOUT:
        return str(tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["version"])
    return metadata.version(NAME)
