"""Specs in the styles of different people: what is read of them, and that everything else is counted with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data.jtbd import library
from data.jtbd.specs import Item, SpecProblem, Specs
from data.store.record_store import RecordStore

FOLDER = Path(__file__).parent / "others"
STYLES = sorted(each.name for each in FOLDER.iterdir() if each.is_dir())


def read(folder: Path, tmp_path: Path) -> tuple[dict[str, Item], tuple[SpecProblem, ...], Specs]:
    store = RecordStore(tmp_path / "jobs.db")
    specs = library.current(store, folder, 0)
    items = {
        item.id: item
        for kind in ("job", "outcome", "persona", "painpoint", "force")
        for item in specs.of(kind).values()
    }
    return items, specs.problems, specs


def expected(style: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FOLDER / style / "expected.json").read_text("utf-8"))
    return told


@pytest.mark.parametrize("style", STYLES)
def test_everything_is_read_as_its_author_means_it(style: str, tmp_path: Path):
    items, _, _ = read(FOLDER / style, tmp_path)
    wanted = expected(style)["items"]
    assert sorted(items) == sorted(wanted)
    for name, values in wanted.items():
        for field, value in values.items():
            found = getattr(items[name], field)
            assert (list(found) if isinstance(found, tuple) else found) == value, (name, field)


@pytest.mark.parametrize("style", STYLES)
def test_what_is_not_understood_is_counted_by_property_with_file_and_line(style: str, tmp_path: Path):
    _, problems, _ = read(FOLDER / style, tmp_path)
    found = sorted([each.file, each.line, each.unread, each.count] for each in problems)
    assert found == sorted(expected(style)["not_understood"])
