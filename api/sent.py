"""Reads what a request sends into pydantic models, and says what to change where it does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, get_origin

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest

from data.values.errors import AppError
from data.values.problem import Problem

MOST_TOLD = 5  # parameters that a problem names


class NotUsable(AppError, ValueError):
    """What was sent cannot be used. `errors`: each fault as (name, what is wrong with it)."""

    code = "parameter"
    usage = True

    def __init__(self, problem: Problem, errors: list[tuple[str, str]]) -> None:
        super().__init__(problem)
        self.errors = errors


class BadBody(NotUsable):
    """The body cannot be used."""

    code = "body"


class NotJson(AppError, ValueError):
    """The body is no JSON, or does not say that it is."""

    code = "not_json"


def query_sent(model: type[BaseModel], _path: Mapping[str, str]) -> BaseModel:
    """The parameters after the question mark. Raises NotUsable."""
    several = _several(model)
    known = _names(model)
    unknown = [each for each in request.args if each not in known]
    if unknown:
        raise _unknown(unknown, sorted(known), "parameter")
    if twice := [name for name, values in request.args.lists() if len(values) > 1 and name not in several]:
        raise NotUsable(
            Problem(f"The parameter {twice[0]} is given more than once.", "", "Give it once."),
            [(name, "given more than once") for name in twice[:MOST_TOLD]],
        )
    sent = {name: values if name in several else values[-1] for name, values in request.args.lists()}
    return _validated(model, sent, NotUsable, "parameter")


def path_sent(model: type[BaseModel], path: Mapping[str, str]) -> BaseModel:
    """The parts of the address. Raises NotUsable."""
    return _validated(model, dict(path), NotUsable, "part of the address")


def header_sent(model: type[BaseModel], _path: Mapping[str, str]) -> BaseModel:
    """The headers that the model names. Raises NotUsable."""
    sent = {name: found for name in _names(model) if (found := request.headers.get(name)) is not None}
    return _validated(model, sent, NotUsable, "header")


def body_sent(model: type[BaseModel], _path: Mapping[str, str]) -> BaseModel:
    """The JSON body; none at all counts as an empty object. Raises NotJson, BadBody."""
    found: object = {}
    if request.get_data():
        if not request.is_json:
            raise NotJson(Problem("The body is not JSON.", "", "Send JSON, with Content-Type: application/json."))
        try:
            found = request.get_json()
        except (BadRequest, ValueError, RecursionError) as error:
            raise BadBody(Problem("The body is no correct JSON.", "", "Send one JSON object."), []) from error
    if not isinstance(found, dict):
        raise BadBody(Problem("The body is JSON, but no object.", "", "Send one JSON object: {…}."), [])
    if (read := getattr(model, "read_sent", None)) is not None:  # a model that says itself what is wrong
        made: BaseModel = read(found)
        return made
    known = _names(model)
    unknown = [each for each in found if each not in known]
    if unknown and model.model_config.get("extra") == "forbid":
        raise _unknown(unknown, sorted(known), "member", BadBody)
    return _validated(model, found, BadBody, "member")


@cache
def _names(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(each.alias or name for name, each in model.model_fields.items())


@cache
def _several(model: type[BaseModel]) -> frozenset[str]:
    """Parameters that may be sent more than once."""
    return frozenset(
        each.alias or name
        for name, each in model.model_fields.items()
        if get_origin(each.annotation) in (list, tuple, set, frozenset)
    )


def _unknown(unknown: list[str], known: list[str], kind: str, error: type[NotUsable] = NotUsable) -> NotUsable:
    told = [(_short(each), _nearest(each, known)) for each in unknown[:MOST_TOLD]]
    names = ", ".join(name for name, _ in told)
    what = f"There is no {kind} {names}." if len(told) == 1 else f"There are no {kind}s {names}."
    near = [each for _, each in told if each]
    listed = f"Known: {', '.join(known)}." if known else "It takes none."
    todo = f"Did you mean {' or '.join(dict.fromkeys(near))}? {listed}" if near else listed
    return error(Problem(what, "", todo), [(name, "unknown") for name, _ in told])


def _nearest(name: str, known: list[str]) -> str:
    """The known name that is most like it; empty where none is.

    >>> _nearest("projekt", ["project", "period"]), _nearest("zzz", ["project"])
    ('project', '')
    """
    found = get_close_matches(name[:100].lower(), known, n=1, cutoff=0.6)
    return found[0] if found else ""


def _validated(model: type[BaseModel], sent: Mapping[str, Any], error: type[NotUsable], kind: str) -> BaseModel:
    try:
        return model.model_validate(sent)
    except ValidationError as found:
        told = [
            (".".join(map(str, each["loc"])) or kind, each["msg"].removeprefix("Value error, "))
            for each in found.errors(include_url=False, include_context=False, include_input=False)[:MOST_TOLD]
        ]
    words = "; ".join(f"{name}: {message}" for name, message in told)
    what = f"The {kind} {told[0][0]} cannot be used." if len(told) == 1 else f"{len(told)} {kind}s cannot be used."
    raise error(Problem(what, f"{words}.", "Correct it; the documentation at /api/v1/docs has examples."), told)


def _short(text: str) -> str:
    """A name as it was sent, if it is short and can be read: a part of it could be a part of a secret.

    >>> _short("projekt"), _short("x" * 50)
    ('projekt', '(a name of 50 characters)')
    """
    return text if len(text) <= 40 and text.isprintable() else f"(a name of {len(text):,} characters)"
