"""Pages of a long list: a cursor names the place where the next page begins, for the same question on the same data."""

from __future__ import annotations

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
from flask import request

from data.values.errors import AppError
from data.values.problem import Problem

USUAL, MOST = 100, 1_000  # rows of a page
LONGEST = 200  # characters of a cursor


class BadCursor(AppError, ValueError):
    """The cursor is none of ours, or of another question or other data."""

    code = "cursor"
    usage = True


class _Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    first: int
    question: str
    revision: str


def place_of(cursor: str | None, revision: str) -> int:
    """How many rows come before the page that the request asks for. `revision`: of the data. Raises BadCursor."""
    if cursor is None:
        return 0
    try:
        found = msgspec.json.decode(urlsafe_b64decode(cursor.encode("ascii")), type=_Place)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise _refused("It is none that this program gave.") from error
    if found.first < 0 or found.question != _question():
        raise _refused("It belongs to another question.")
    if found.revision != revision:
        raise _refused("The data has changed since.")
    return found.first


def next_of(first: int, rows: int, total: int, revision: str) -> str | None:
    """The cursor of the page after `rows` rows from `first` on; None where it would be empty."""
    if first + rows >= total or not rows:
        return None
    place = _Place(first + rows, _question(), revision)
    return urlsafe_b64encode(msgspec.json.encode(place)).decode("ascii")


def _question() -> str:
    """A digest of what is asked, apart from the place."""
    asked = sorted((name, values) for name, values in request.args.lists() if name not in ("cursor", "limit"))
    return hashlib.blake2b(msgspec.json.encode([request.path, asked]), digest_size=6).hexdigest()


def _refused(why: str) -> BadCursor:
    return BadCursor(Problem("This cursor cannot be used.", why, "Ask for the first page again, without cursor."))
