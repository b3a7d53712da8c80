"""Facts to ask, and a way to ask them that needs no service."""

from __future__ import annotations

from functools import cache
from typing import Any

from data.facts.dataset import Dataset
from data.query.answer import Answered, answer
from data.query.checked import check
from data.query.reading import read
from data.settings.model import Definitions, Workflow
from data.values.periods import Period, parse_day
from sample.tables import tidy


@cache
def generated(issues: int = 500, seed: int = 3, **definitions: Any) -> Dataset:
    """The facts of a generated company in Berlin: 400 days up to 31 October 2026."""
    tables = tidy(issues, seed)
    mapping = {name: name for name in tables.fields}
    now = int(tables.issues["updated"].max())
    return Dataset(tables, Definitions(**definitions), Workflow(), now, mapping=mapping)


def ask(facts: Dataset, spec: dict[str, Any], first: str, last: str) -> Answered:
    """The answer to a spec between two days, of at most 100,000 rows."""
    question = check(read({"limit": 100_000, **spec}), 100_000)
    chosen = facts.narrowed(question.filters) if question.filters else facts
    return answer(question, Period(parse_day(first), parse_day(last), facts.zone), facts, chosen)
