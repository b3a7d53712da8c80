"""JSON that people import or paste: however deep or odd it is, the answer says what is wrong with the file."""

from __future__ import annotations

import pytest

from cli.failures import CommandFailed
from cli.jtbd.showing import filters_of
from data.jtbd.import_records import ImportFailed, read_text
from data.settings import content as settings
from data.teams import content as teams
from data.teams.content import BadView

LEVELS = [300, 900, 1_200, 100_000]
ODD = [
    "",
    "null",
    "[",
    "1" * 5_000,
    "1e999",
    "NaN",
    "\ufeff[",
    '"\\ud800"',
    "\x00",
    "[[[1]]]",
    '{"a":' * 900 + "1" + "}" * 900,
]


def deep(levels: int) -> list[str]:
    """Closed and left open, lists and objects, alone and in the place of a value."""
    return [
        "[" * levels,
        "[" * levels + "]" * levels,
        '{"a":' * levels + "1" + "}" * levels,
        '{"views": [{"name": ' + "[" * levels + "]" * levels + "}]}",
        '{"records": [{"kind": "job", "job_id": ' + "[" * levels + "]" * levels + "}]}",
        '{"resourceSpans": ' + "[" * levels + "]" * levels + "}",
    ]


TEXTS = [*ODD, *(text for levels in LEVELS for text in deep(levels))]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_job_records(name):
    for text in TEXTS:
        try:
            assert read_text(text, name) == []
        except ImportFailed as error:
            assert "nothing was imported" in str(error)


def test_saved_views():
    for text in TEXTS:
        for given in (text, text.encode()):
            try:
                assert teams.read(given).views == ()
            except BadView as error:
                assert str(error)


def test_settings():
    for text in TEXTS:
        try:
            assert isinstance(settings.from_bytes(text.encode()), dict)
        except ValueError as error:
            assert type(error) is ValueError, error


def test_filters_of_a_command():
    for text in TEXTS:
        try:
            assert filters_of(text) == {}
        except CommandFailed as error:
            assert "--filter" in str(error)
