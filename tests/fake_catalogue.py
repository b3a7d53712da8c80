"""The catalogue of the fake services: real entries, numbers only as far as the fake knows them."""

# ruff: noqa: ARG002 - a fake takes what the real one takes

from __future__ import annotations

from data.services.catalogue import CatalogueService
from data.services.numbers import NumbersService
from data.services.view import View
from data.values.metric_value import MetricValue
from data.values.numbers import Answer


class FakeCatalogue(CatalogueService):
    """Nothing is known before it is asked for."""

    def __init__(self, numbers: NumbersService) -> None:
        self._numbers = numbers

    def cached_answer(self, family: str, view: View) -> Answer:
        return Answer((), "unknown", "")

    def value(self, name: str, view: View) -> MetricValue:
        found = self._numbers.answer(self.named(name).family, view).values
        known = next((each for each in found if each.metric_name == name), None)
        if known is None:
            raise LookupError(f"The fake services have no {name}.")
        return known
