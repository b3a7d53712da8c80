"""The catalogue as the fake workspace has it: real entries, numbers only as far as the fake knows them."""

from __future__ import annotations

from data.services.catalogue import Catalogue
from data.values.filters import Filters
from data.values.metric_value import MetricValue
from data.values.numbers import Answer
from data.values.periods import Period

NO_FILTERS = Filters()


class FakeCatalogue(Catalogue):
    """Nothing is known before it is asked for."""

    def known(self, *_question: object) -> Answer:
        return Answer((), "unknown", "")

    def value(self, name: str, period: Period, filters: Filters = NO_FILTERS) -> MetricValue:
        found = self._workspace.answer(self.named(name).family, period, filters).values
        known = next((each for each in found if each.metric_name == name), None)
        if known is None:
            raise LookupError(f"The fake workspace has no {name}.")
        return known
