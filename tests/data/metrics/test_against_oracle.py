"""Random small sites: every metric says what the oracle says, value, counts and reasons alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from data.settings.model import Definitions, Workflow
from data.values.metric_value import MetricValue
from tests import seeding
from tests.builders import ask, site
from tests.data.metrics import oracle, oracle_dora
from tests.data.metrics.sites import DORA_RULES, FLOW_RULES, WORKFLOWS, dora_sites, flow_sites

quick = seeding.examples(100)


def agree(got: MetricValue, want: oracle.Verdict) -> None:
    assert got.error_state == want.state, got.error_message
    assert got.value is None if want.value is None else got.value == pytest.approx(want.value, rel=1e-9, abs=1e-9)
    if want.state != "missing_mapping":
        assert got.details["exclusions"] == dict(want.exclusions)
        assert got.total_issue_count == want.total
        assert got.details["used"] == want.total - sum(want.exclusions.values())


@quick
@given(flow_sites(edited=True), FLOW_RULES, WORKFLOWS)
def test_flow_metrics_say_what_the_oracle_says(place: dict[str, Any], rules: dict[str, Any], flow: dict[str, Any]):
    question = oracle.Question(**place, rules=Definitions(**rules), flow=Workflow(**flow))
    tables = site(*place["items"], zone=place["zone"], mapped=place["mapped"])
    for name, formula in oracle.FLOW.items():
        got = ask(name, tables, str(place["first"]), str(place["last"]), now=place["now"], workflow=flow, **rules)
        agree(got, formula(question))


@quick
@given(dora_sites(), DORA_RULES)
def test_dora_metrics_say_what_the_oracle_says(place: dict[str, Any], rules: dict[str, Any]):
    question = oracle.Question(**place, rules=Definitions(**rules))
    tables = site(*place["items"], zone=place["zone"], versions=place["versions"], mapped=place["mapped"])
    for name, formula in oracle_dora.DORA.items():
        got = ask(name, tables, str(place["first"]), str(place["last"]), now=place["now"], **rules)
        agree(got, formula(question))
