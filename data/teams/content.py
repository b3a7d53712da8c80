"""What a saved view is made of as JSON, in our file and in files that people hand to each other."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from data.platform.logs import SECRETS
from data.settings.filter_fields import FILTER_FIELDS
from data.values.errors import AppError
from data.values.filters import BadFilter, Filter, Filters, checked
from data.values.filters import from_json as filters_from_json
from data.values.names import name_key
from data.values.periods import PRESETS, PeriodError, parse_day
from data.values.teams import TeamView

FORMAT = 2  # 1: filters were an object of lists
MOST_VIEWS = 200
LONGEST_NAME = 60
MOST_BYTES = 256_000  # of a file that is imported
MOST_NAMES = 200  # of definitions
LONGEST_TEXT = 2_000
SEPARATOR = "|"  # between names in an address


class BadView(AppError, ValueError):
    """Something that cannot be a saved view; the message says what and what to do."""

    code = "saved_view"


class NewerFormat(BadView):
    """A file that a newer version wrote."""


@dataclass(frozen=True)
class Read:
    """The views of a file, and what in it could not be one."""

    views: tuple[TeamView, ...]
    problems: tuple[str, ...] = ()
    revision: int = 0
    raw: dict[str, Any] = field(default_factory=dict)


def name_of(text: object) -> str:
    """A name as it is kept: one line, spaces joined. Raises BadView.

    >>> name_of("  Checkout   team ")
    'Checkout team'
    """
    if not isinstance(text, str):
        raise BadView("A saved view needs a name.")
    bare = "".join(each for each in text if each.isspace() or unicodedata.category(each) not in ("Cc", "Cf", "Cs"))
    name = " ".join(bare.split())
    if not name:
        raise BadView("A saved view needs a name. Type one.")
    if len(name) > LONGEST_NAME:
        raise BadView(f"The name is too long. Use at most {LONGEST_NAME} characters.")
    if SEPARATOR in name:
        raise BadView(f"A name cannot hold “{SEPARATOR}”. Use another sign.")
    return name


def same(name: str) -> str:
    """What is equal for views of one name, however it is spelled."""
    return name_key(name)


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name, or with a number behind it where somebody has it.

    >>> free_name("Web", ["web", "Web (2)"])
    'Web (3)'
    """
    used = {same(each) for each in taken}
    number, found = 1, name
    while same(found) in used:
        number += 1
        found = f"{name[: LONGEST_NAME - 6]} ({number})"
    return found


def to_json(view: TeamView) -> dict[str, Any]:
    """One view as plain JSON values."""
    dates = {"period": view.period} if view.period else {"first": view.first, "last": view.last}
    return {
        "name": view.name,
        "tab": view.tab,
        **dates,
        "filters": view.filters.to_json(),
        "definitions": dict(view.filters.definitions),
        "changed_at": view.changed_at,
        "revision": view.revision,
    }


def from_json(found: object) -> TeamView:
    """Raises BadView."""
    if not isinstance(found, dict):
        raise BadView("it is not a JSON object")
    name = name_of(found.get("name"))
    chosen = _object(found.get("definitions"))
    if not isinstance(chosen, dict) or len(chosen) > MOST_NAMES:
        raise BadView(f"{name}: “definitions” is not an object of names and values")
    where = _filters(found.get("filters"), name)
    pairs = tuple(sorted((_text(key, name), _text(value, name)) for key, value in chosen.items()))
    period, first, last = _days(found, name)
    tab = found.get("tab")
    return TeamView(
        name=name,
        tab=tab if isinstance(tab, str) and tab.isidentifier() else "",
        period=period,
        first=first,
        last=last,
        filters=Filters(where, pairs),
        changed_at=SECRETS.shorten(str(found.get("changed_at") or ""), 40),
        revision=found["revision"] if isinstance(found.get("revision"), int) else 0,
    )


def _object(value: object) -> object:
    return {} if value is None else value


def _days(values: dict[str, Any], name: str) -> tuple[str | None, str | None, str | None]:
    period = values.get("period")
    if period is not None:
        if not isinstance(period, str) or period not in PRESETS:
            raise BadView(f"{name}: the period must be one of {', '.join(PRESETS)}, or two dates")
        return period, None, None
    try:
        first, last = (parse_day(str(values.get(each) or "")) for each in ("first", "last"))
    except PeriodError as error:
        raise BadView(f"{name}: {error}") from error
    if last < first:
        raise BadView(f"{name}: its last day lies before its first")
    return None, first.isoformat(), last.isoformat()


def _filters(value: object, name: str) -> tuple[Filter, ...]:
    try:
        return checked(Filters(filters_from_json([] if value is None else value)), FILTER_FIELDS).where
    except BadFilter as error:
        raise BadView(f"{name}: “filters”: {SECRETS.clean(error.message)} {error.hint}".strip()) from error


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise BadView(
            f"{what}: {SECRETS.shorten(str(value), 40)!r} is not a text of at most {LONGEST_TEXT:,} characters"
        )
    return value


def read(data: bytes | str) -> Read:
    """A whole file. Raises BadView when it is none of ours; a view that cannot be is told and left out."""
    if len(data) > MOST_BYTES:
        raise BadView(f"The file is too large: {len(data):,} bytes. Saved views need less than {MOST_BYTES:,}.")
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadView("The file is not JSON. Choose a file that was exported here.") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("views"), list):
        raise BadView("The file holds no saved views. Choose a file that was exported here.")
    _check_format(raw.get("format", FORMAT))
    views: list[TeamView] = []
    problems: list[str] = []
    for place, each in enumerate(raw["views"], 1):
        if len(views) >= MOST_VIEWS:
            problems.append(f"Only the first {MOST_VIEWS} views are read.")
            break
        try:
            views.append(from_json(each))
        except RecursionError:
            problems.append(f"View {place} is left out: it is nested too deeply.")
        except BadView as error:
            problems.append(f"View {place} is left out: {error}.".replace("..", "."))
    revision = raw.get("revision")
    return Read(tuple(views), tuple(problems), revision if isinstance(revision, int) else 0, raw)


def _check_format(value: object) -> None:
    """Raises NewerFormat for a later format than ours, BadView for what is no number of a format.

    >>> _check_format(FORMAT)
    >>> _check_format("1x")
    Traceback (most recent call last):
    data.teams.content.BadView: The file has the format '1x', which is no number.
    """
    try:
        found = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else 0
    except ValueError:
        found = 0
    if found < 1:
        raise BadView(f"The file has the format {SECRETS.shorten(str(value), 40)!r}, which is no number.")
    if found > FORMAT:
        raise NewerFormat(f"The file has format {found}; this version knows {FORMAT}. Use the newer version.")


def to_bytes(views: Iterable[TeamView], revision: int) -> bytes:
    """The file, one view after another by name."""
    ordered = sorted(views, key=lambda each: same(each.name))
    body = {"format": FORMAT, "revision": revision, "views": [to_json(each) for each in ordered]}
    return (json.dumps(body, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
