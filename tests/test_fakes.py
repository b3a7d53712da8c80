"""The fakes of the tests are what they stand for: the same methods, asked in the same way."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cached_property

import pytest
from mypy import api

from data.services.services import Services
from tests.cli.fakes import FakeServices as FakeServicesOfCommands
from tests.fake_services import FakeServices

FILES = (
    "tests/fake_services.py",
    "tests/fake_field_mapping.py",
    "tests/fake_jobs.py",
    "tests/fake_charts.py",
    "tests/fake_catalogue.py",
    "tests/fake_overview.py",
    "tests/cli/fakes.py",
)
NAMES = tuple(name for name, part in vars(Services).items() if isinstance(part, cached_property))


def faked() -> Iterator[tuple[str, type, type, str]]:
    """(where, the fake class, the real class, method) of everything that a fake has of its own."""
    for services in (FakeServices(), FakeServicesOfCommands()):
        where = type(services).__module__
        yield from ((where, type(services), Services, method) for method in own(type(services), Services))
        for name in NAMES:
            if name in vars(services):
                fake = type(vars(services)[name])
                real = fake.__mro__[1]
                yield from ((f"{where} {name}", fake, real, method) for method in own(fake, real))


def own(fake: type, real: type) -> list[str]:
    """Public methods that the fake defines and the real one has."""
    return [name for name in vars(fake) if not name.startswith("_") and callable(getattr(real, name, None))]


FAKED = list(faked())


def test_every_service_is_faked_for_the_page_and_the_commands_have_theirs():
    assert {name for name in NAMES if name in vars(FakeServices())} >= {
        "status",
        "sync",
        "readiness",
        "field_mapping",
        "connection",
        "numbers",
        "jobs",
        "charts",
        "catalogue",
        "overview",
    }
    assert {name for name in NAMES if name in vars(FakeServicesOfCommands())} >= {"status", "sync", "numbers", "doctor"}
    assert len(FAKED) > 40


@pytest.mark.parametrize(("where", "fake", "real", "method"), FAKED, ids=[f"{each[0]}.{each[3]}" for each in FAKED])
def test_a_fake_is_asked_as_the_real_one_is(where, fake, real, method):
    """Names, kinds and defaults of all parameters, and the types that are written there."""
    assert signature(fake, method) == signature(real, method), where


def signature(kind: type, method: str) -> list[tuple[str, object, object, object]]:
    found = inspect.signature(getattr(kind, method))
    parameters = [(each.name, each.kind, default(each), each.annotation) for each in found.parameters.values()]
    return [*parameters, ("return", None, None, found.return_annotation)]


def default(parameter: inspect.Parameter) -> object:
    """Functions made in place are never equal; that there is one is what counts."""
    return "a function" if inspect.isfunction(parameter.default) else parameter.default


def test_a_fake_has_no_public_method_that_the_real_one_has_not():
    """A door that asks for it would work in the tests only."""
    for services in (FakeServices(), FakeServicesOfCommands()):
        for name in NAMES:
            if name in vars(services):
                fake = type(vars(services)[name])
                known = set(dir(fake.__mro__[1]))
                unknown = {each for each, part in vars(fake).items() if inspect.isfunction(part) and each not in known}
                assert not {each for each in unknown if not each.startswith("_")}, (type(services).__module__, name)


@pytest.mark.timeout(300)
def test_the_type_checker_finds_nothing_wrong_with_them():
    out, errors, code = api.run(["--follow-imports=silent", "--no-error-summary", *FILES])
    assert code == 0, f"{out}\n{errors}"
