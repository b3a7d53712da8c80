"""The tab "Jobs" on the sample site and on a folder of one's own: page, filters, panels, forms, imports, files."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from dash import no_update

from callbacks.charts import show_chart
from callbacks.detail import show_detail, show_rows
from callbacks.jobs import show_jobs
from callbacks.jobs_detail import turn
from callbacks.jobs_forms import MOST_BYTES, fill, import_file, keep, show_or_hide
from data.charts.registry import JOB_CHARTS
from data.metrics import JOB_METRICS
from data.services.charts import NoPoint, chart_places
from data.services.services import Services, open_services
from data.values import scales
from data.values.families import JOBS
from data.values.filters import Filters
from sample.source import SampleSite
from tests.callbacks.acting import acting, words
from tests.sample_services import synced_services
from tests.some import some
from ui import ids
from ui.modals.track import NOT_KNOWN, SCALES
from ui.tabs.jobs import LIST
from ui.tabs.jobs_detail import RECORDS_OF_METRIC

SPECS = """@prefix tl: <urn:throughline:jtbd:> .
@prefix : <urn:shop:> .
:shopper a tl:Persona ; tl:title "Shopper" .
:buy a tl:Job ; tl:title "Buy <b>fast</b>" ; tl:situation "s" ; tl:motivation "m" ; tl:result "r" ;
  tl:persona :shopper ; tl:outcome :pay ; tl:painpoint :steps .
:pay a tl:Outcome ; tl:title "Time to pay" ; tl:direction "minimise" ; tl:importance 9 ; tl:satisfaction 4 ;
  tl:target 60 ; tl:unit "seconds" .
:steps a tl:Painpoint ; tl:title "Too many steps" ; tl:severity 7 .
"""
HOSTILE = "<img src=x onerror=alert(1)>"
ALL = Filters()

ON_TAB = [place.name for place in chart_places()[JOBS]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("jobs-tab"))


@pytest.fixture
def own(tmp_path: Path) -> Services:
    """A folder of specs of one's own, without issues."""
    (tmp_path / "jtbd").mkdir()
    (tmp_path / "jtbd" / "shop.ttl").write_text(SPECS, "utf-8")
    return opened(tmp_path)


def opened(folder: Path) -> Services:
    env = {
        "THROUGHLINE_HOME": str(folder / "home"),
        "THROUGHLINE_SETTINGS": str(folder / "settings.json"),
        "THROUGHLINE_JTBD": str(folder / "jtbd"),
    }
    return open_services(env, sample=SampleSite(issues=50))


def page(services: Services, query: str = "", done: dict | None = None) -> str:
    """The whole tab as the browser gets it."""
    by, prop = (ids.Jobs.DONE, "data") if done else (ids.tab_view("jobs"), "data")
    with acting(services, by, prop, done or {}):
        made = show_jobs({"query": f"?tab=jobs{query}", "revision": "1"}, done, None)
    return words(made).replace('\\"', '"')


# ---- the page


def test_the_first_visit_is_full_and_tells_a_story(sample):
    shown = page(sample)
    for part in (
        "Most underserved: ",
        "The work: ",
        "Did it help: ",
        "example jobs of the sample site",
        "Checks: 5 of 5 hold",
        "JTBD-01",
        "out-late-costs",
        "All records:",
    ):
        assert part in shown
    assert shown.count('"data-metric"') == 4


def test_an_outcome_is_measured_by_jira_and_says_by_what(sample):
    shown = page(sample)
    assert "measured by Jira: " in shown
    link = re.search(r'"href": ?"(\?tab=jobs[^"]*metric=flow_time)"', shown)
    assert link and "label=" in link[1], "the bound metric opens with the issues that it is bound to"


def test_a_job_or_persona_that_is_not_there_is_told_with_the_way_to_all(sample):
    shown = page(sample, "&persona=zz&job=job-close-books")
    assert "There is no persona “zz”" in shown and "There is no job" not in shown
    way = re.search(r'"href": "([^"]*)", "data-nav": "link"}, "Show every persona"', shown)
    assert way and "job=job-close-books" in way[1] and "zz" not in way[1], shown[:900]
    assert "There is no job “zz”" in page(sample, "&job=zz")
    assert "There is no" not in page(sample, "&persona=Accountant&job=CLOSE THE MONTH")


def test_one_that_only_records_know_is_there(own):
    own.jobs.storage(own.snapshot()).track_job("stranger", "Somebody", "cart")
    assert own.jobs.unknown(own.snapshot(), persona="Somebody", job="stranger") == ()
    assert own.jobs.unknown(own.snapshot(), persona="nobody", job="none") == (("persona", "nobody"), ("job", "none"))


def test_persona_and_job_narrow_what_is_shown(sample):
    whole, part = page(sample), page(sample, "&persona=accountant&job=job-close-books")
    assert "Buy again in a minute" in whole and part.count("Costs that appear late") < whole.count(
        "Costs that appear late"
    )
    assert "Persona: Accountant" in part and "Job: Close the month" in part
    assert "persona=accountant" in part, "links keep what is chosen"


@pytest.mark.parametrize("name", ON_TAB)
def test_every_chart_has_a_figure_a_table_and_issues(sample, name):
    with acting(sample):
        shown = words(show_chart({"query": "?tab=jobs&period=90d", "revision": "1", "chart": name}))
    assert "data-figure" in shown and "data-table" in shown and "That did not work" not in shown
    answer = sample.charts.answer(name, sample.view("90d"))
    assert answer.rows and answer.reading and len(answer.row_picks) == len(answer.rows)
    assert sample.charts.csv(name, sample.view("90d")).count("\n") >= len(answer.rows)


def test_the_bands_of_the_landscape_are_those_of_the_scores(sample):
    answer = sample.charts.answer("opportunity_landscape", sample.view("90d"))
    bounds = {"Extreme": (15, 20), "Strong": (12, 15), "Worth\nconsidering": (10, 12)}
    assert set(bounds) < {each.name for each in answer.regions}
    for region in some(answer.regions, 4):
        scores = [2 * x - y for x, y in region.corners]
        if region.name in bounds:
            assert (min(scores), max(scores)) == bounds[region.name]
        elif region.name == "Overserved":
            assert all(y >= x for x, y in region.corners)


def test_every_point_leads_to_its_records_and_issues(sample):
    view = sample.view("90d")
    for name in ON_TAB:
        for pick in some(each for series in sample.charts.answer(name, view).series for each in series.picks or ()):
            picked = sample.charts.picked(name, pick, view)
            assert picked.label and sample.charts.issues(name, pick, view).total == picked.total


def test_a_point_that_a_chart_does_not_have_is_named_with_the_next_step(sample):
    view = sample.view("90d")
    for name in ON_TAB:
        with pytest.raises(NoPoint, match=r"This point is not in the chart.*choose another point"):
            sample.charts.picked(name, "nobody:knows-it", view)


def test_few_answers_say_so_without_a_band(fake):
    shown = page(fake)
    assert "Not enough answers: 7 of 30." in shown
    assert "served-strong" not in shown


def test_hostile_titles_stay_text(fake):
    from tests.fake_jobs import HOSTILE as title

    shown = page(fake)
    assert title in shown
    assert '"onerror"' not in shown and '"src":"x"' not in shown


def test_problems_of_specs_name_file_and_line(own, tmp_path):
    (tmp_path / "jtbd" / "broken.ttl").write_text("@prefix tl: <urn:throughline:jtbd:> .\n:x a tl:Job", "utf-8")
    shown = page(own)
    assert "broken.ttl" in shown and re.search(r"broken\.ttl, line \d", shown)
    assert "Time to pay" in shown, "the other file is shown"


def test_without_specs_it_says_where_to_write_them(tmp_path):
    (tmp_path / "jtbd").mkdir()
    shown = page(opened(tmp_path))
    assert "No job is written down yet" in shown and "app_settings.json" in shown and "tl:Job" in shown


def test_without_issues_specs_and_records_are_shown(own):
    shown = page(own)
    assert "Without issues from Jira there is no delivery" in shown and "Time to pay" in shown
    with acting(own):
        assert "data-figure" in words(
            show_chart({"query": "?tab=jobs", "revision": "1", "chart": "opportunity_landscape"})
        )
        assert "Time to pay" in words(panel(own, f"&chart={LIST}&pick=outcome:pay"))


def test_a_wrong_period_says_why(sample):
    assert "The reason is above." in page(sample, "&from=2026-99-01&to=2026-10-01")


# ---- panels


def panel(services: Services, query: str) -> Any:
    with acting(services):
        return show_detail({"query": f"?tab=jobs{query}", "revision": "1"})


@pytest.mark.parametrize("metric", RECORDS_OF_METRIC)
def test_each_number_opens_with_steps_records_and_issues(sample, metric):
    shown = words(panel(sample, f"&metric={metric}&period=90d"))
    assert f'"data-detail-of": "{metric}"' in shown
    assert "How it was calculated" in shown and "record-rows" in shown and "issue-table" in shown


def test_an_outcome_opens_with_its_formula(sample):
    shown = words(panel(sample, f"&chart={LIST}&pick=outcome:out-late-costs&period=90d"))
    assert "importance + max(importance − satisfaction, 0) = 9.2 + max(" in shown
    assert "Measurements: " in shown and "Answers: " in shown


@pytest.mark.parametrize("pick", ["outcome:nonesuch", "nonsense", "kind:nonsense", "job:", "outcome:<b>"])
def test_a_panel_of_an_old_link_answers_in_words(sample, pick):
    assert "That did not work" not in words(panel(sample, f"&chart={LIST}&pick={pick}"))


def test_records_are_turned_page_by_page(sample):
    order = {
        "query": f"?tab=jobs&period=90d&chart={LIST}&pick=kind:satisfaction",
        "first": 0,
        "total": 99,
        "named": True,
    }
    button = ids.record_turn("q", "satisfaction", "older")
    with acting(sample, button):
        rows, place, at_start, at_end = turn([None, 1], order)
    assert "11 to 20 of" in words(rows) and place["first"] == 10 and (at_start, at_end) == (False, False)
    with acting(sample, ids.record_turn("q", "satisfaction", "newer")):
        rows, place, at_start, _ = turn([1, 1], place)
    assert "1 to 10 of" in words(rows) and at_start


def test_the_table_of_issues_answers(sample):
    view = {"query": f"?tab=jobs&period=90d&chart={LIST}&pick=job:job-close-books", "revision": "1"}
    with acting(sample):
        answer, count = show_rows({"startRow": 0, "endRow": 50}, view)
    assert answer["rowCount"] == len(answer["rowData"]) > 0 and count.endswith("rows")


# ---- forms

GOOD: dict[str, dict[str, Any]] = {
    "outcome": {"outcome": "pay", "actual": "52", "note": HOSTILE},
    "job": {"job": "buy", "persona": "Shopper", "feature": "one page", "status": "completed", "minutes": "1.5"},
    "painpoint": {"painpoint": "steps", "before": "7", "after": "3", "persona": "Shopper"},
    "satisfaction": {"outcome": "pay", "level": "satisfied", "persona": "Shopper", "effort": "2", "feedback": HOSTILE},
    "time": {"outcome": "pay", "persona": "Shopper", "started": "2026-01-05T09:00", "at": "2026-01-05T09:01"},
}
BAD = [
    ("outcome", {"outcome": "", "actual": "1"}, "outcome", "Choose one."),
    ("outcome", {"outcome": "pay", "actual": ""}, "actual", "Fill this in."),
    ("outcome", {"outcome": "pay", "actual": "soon"}, "actual", "Give a number"),
    ("outcome", {"outcome": "pay", "actual": "nan"}, "actual", "Give a number"),
    ("job", {"job": "buy", "persona": "Shopper", "feature": "", "status": "completed"}, "feature", "Fill this in."),
    (
        "job",
        {"job": "buy", "persona": "Shopper", "feature": "x", "status": "completed", "minutes": "-1"},
        "minutes",
        "Give 0 or more.",
    ),
    ("painpoint", {"painpoint": "steps", "before": "11", "after": "3", "persona": "Shopper"}, "before", "from 0 to 10"),
    ("satisfaction", {"outcome": "pay", "level": "8", "persona": "Shopper", "effort": "9"}, "effort", "from 1 to 7"),
    ("satisfaction", {"outcome": "pay", "level": "8", "persona": "Shopper", "effort": "2.5"}, "effort", "whole number"),
    (
        "time",
        {"outcome": "pay", "persona": "Shopper", "started": "2026-01-05T09:00", "at": "2026-01-04T09:00"},
        "at",
        "before the start",
    ),
    ("time", {"outcome": "pay", "persona": "Shopper", "started": "yesterday"}, "started", "2026-01-31"),
    ("outcome", {"outcome": "pay", "actual": "-5"}, "actual", "give 0 or more"),
    ("outcome", {"outcome": "pay", "actual": "5", "expected": "-1"}, "expected", "give 0 or more"),
    *(
        (kind, {**values, "at": "2999-01-05T09:00"}, "at", "lies in the future")
        for kind, values in GOOD.items()
        if kind != "satisfaction"
    ),
    ("time", {"outcome": "pay", "persona": "Shopper", "started": "2999-01-05T09:00"}, "started", "lies in the future"),
]


def opening(services: Services, kind: str, about: str = "", search: str = "") -> tuple[Any, ...]:
    with acting(services, ids.Jobs.WISH, "data"):
        return fill({"n": 1, "kind": kind, "about": about}, search)


def press(
    services: Services, kind: str, values: dict[str, Any], session: dict | None = None
) -> tuple[Any, Any, dict[str, str]]:
    """(what was noted down, why not, what is wrong by field)."""
    session = session or opening(services, kind)[-1]
    with acting(services, ids.Jobs.SAVE):
        done, report, wrong, invalid = keep(
            1, session, list(values.values()), [ids.jobs_field(each) for each in values], None
        )
    assert [bool(each) for each in wrong] == invalid
    return done, report, dict(zip(values, wrong, strict=True))


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_form_is_noted_down_once_however_often_it_is_sent(own, kind):
    session = opening(own, kind)[-1]
    for _ in range(2):
        done, report, wrong = press(own, kind, GOOD[kind], session)
        assert done["messages"][0]["what"].startswith("Noted down: ") and report is None and not any(wrong.values())
    assert sum(own.jobs.storage(own.snapshot()).store.counts().values()) == 1
    press(own, kind, GOOD[kind] if kind != "time" else {**GOOD[kind], "started": "2026-01-05T08:00"})
    assert sum(own.jobs.storage(own.snapshot()).store.counts().values()) == 2, "the next form is another record"


@pytest.mark.parametrize(("kind", "values", "field", "said"), BAD)
def test_a_bad_form_says_what_is_wrong_beside_the_field(own, kind, values, field, said):
    done, report, wrong = press(own, kind, values)
    assert said in wrong[field], (wrong, report)
    assert not isinstance(done, dict) and sum(own.jobs.storage(own.snapshot()).store.counts().values()) == 0


def test_what_was_noted_down_is_seen_at_once(own):
    before = page(own)
    assert "not measured in this period" in before
    done, _, _ = press(own, "outcome", GOOD["outcome"])
    shown = page(own, done=done)
    assert "Noted down: “Time to pay”, measured 52." in shown and "Met" in shown
    records = words(panel(own, f"&chart={LIST}&pick=outcome:pay"))
    assert HOSTILE in records and "noted down" in records


def test_a_form_knows_what_it_was_opened_for_and_who_is_looked_at(sample):
    title, form, save, hidden, session = opening(sample, "outcome", "out-late-costs", "?tab=jobs&persona=accountant")
    shown = words(form)
    assert (title, save, hidden) == ("Track an outcome", "Track", False) and len(session["event"]) == 32
    assert '"value": "out-late-costs"' in shown and '"value": "Accountant"' in shown
    assert shown.count('"htmlFor"') == shown.count('"area": "jobs-wrong"')


def test_a_form_says_which_outcomes_jira_measures(sample, own):
    choices = sample.jobs.choices(sample.snapshot())
    titles = dict(choices.outcomes)
    assert choices.measured and len(choices.measured) < len(titles)
    shown = words(opening(sample, "outcome")[1])
    assert shown.count("(measured by Jira)") == len(choices.measured)
    assert "kept but not shown while the binding is there" in shown
    assert "measured by Jira" not in words(opening(sample, "satisfaction")[1])
    assert not own.jobs.choices(own.snapshot()).measured and "Jira" not in words(opening(own, "outcome")[1])


def test_an_unknown_form_is_not_opened(sample):
    assert opening(sample, "nonesuch") == (no_update,) * 5


def test_the_dialog_opens_with_a_form_and_closes_when_it_is_noted_down_or_left(sample):
    for by, opens in ((ids.Jobs.SESSION, True), (ids.Jobs.CANCEL, False), (ids.Jobs.DONE, False)):
        with acting(sample, by, "data"):
            assert show_or_hide({}, 1, {}) is opens


def test_the_register_of_the_sample_site_stays_as_it_is(sample):
    _, form, _, hidden, session = opening(sample, "register")
    assert hidden and "is an example and stays as it is" in words(form)
    _, report, wrong = press(
        sample, "register", {"title": "T", "situation": "s", "pattern": "p", "metric": "1"}, session
    )
    assert "example" in words(report) and not any(wrong.values())


def test_a_new_job_is_in_the_register_once(own, tmp_path):
    values = {
        "title": "One basket",
        "situation": "a sale",
        "pattern": "hold",
        "metric": "p99 < 50 ms",
        "deliverables": "Cache\nTest it",
        "superpower": "Planning",
        "views": "Logical",
        "issues": "",
    }
    session = opening(own, "register")[-1]
    for _ in range(2):
        done, report, _ = press(own, "register", values, session)
        assert report is None and "is in the register" in done["messages"][0]["what"]
    assert len(own.jobs.register(own.snapshot()).jobs) == 1
    assert "One basket" in (tmp_path / "jtbd" / "register.md").read_text("utf-8")
    shown = page(own, done=done)
    assert "Given a sale, the system must hold, to ensure p99 < 50 ms" in shown
    _, _, wrong = press(own, "register", {**values, "title": ""})
    assert wrong["title"] == "Fill this in."


# ---- files


def sent(services: Services, name: str, text: str, size: int | None = None) -> tuple[dict[str, Any], Any, Any]:
    """(the file as the page sends it, what became of it, the dialog that is wished for)."""
    file = {"n": 1, "name": name, "size": len(text) if size is None else size, "text": text}
    with acting(services, ids.Jobs.FILE, "data"):
        return file, *import_file(file, None)


def imported(services: Services, name: str, text: str, size: int | None = None) -> dict[str, str]:
    return sent(services, name, text, size)[1]["messages"][0]


def answered(services: Services, file: dict[str, Any], wish: dict[str, Any], scale: str) -> tuple[Any, Any, list[str]]:
    """The dialog that asks for the scale, answered: (what is done, why not, what is wrong)."""
    with acting(services, ids.Jobs.WISH, "data"):
        session = fill(wish, "")[-1]
    with acting(services, ids.Jobs.SAVE):
        done, report, wrong, _ = keep(1, session, [scale], [ids.jobs_field("scale")], None, file)
    return done, report, wrong


def test_a_file_is_imported_once(own):
    press(own, "outcome", GOOD["outcome"])
    text = own.jobs.csv("records", own.view("30d", filters=ALL))
    fresh = imported(own, "records.csv", text)
    assert fresh["what"].startswith("0 records imported")
    assert fresh["why"] == "1 record was here already: line 2."


ANSWERS = "kind,outcome_id,satisfaction_level,persona,feature,recorded_at\n" + "".join(
    f"satisfaction,pay,{level},Shopper,f,2026-01-0{day}\n" for day, level in enumerate((4, 5, 5, 4), 1)
)


def stored(services: Services) -> list[Any]:
    return list(services.jobs.storage(services.snapshot()).records().satisfaction)


def test_a_file_whose_answers_name_no_scale_stores_nothing_and_the_page_asks_for_it(own):
    _, became, wish = sent(own, "a.csv", ANSWERS)
    assert not isinstance(became, dict)
    assert (wish["kind"], wish["about"]) == ("import", "a.csv: 4 answers from 4 to 5 name no scale.")
    assert sum(own.jobs.storage(own.snapshot()).store.counts().values()) == 0
    with acting(own, ids.Jobs.WISH, "data"):
        title, shown, button, hidden, _ = fill(wish, "")
    told = words(shown)
    assert (title, button, hidden) == ("On which scale are the answers?", "Import", False)
    assert "4 answers from 4 to 5 name no scale." in told
    assert [value for value, _ in SCALES] == [*scales.SCALES, NOT_KNOWN], "each known scale can be chosen"


@pytest.mark.parametrize("scale", scales.SCALES)
def test_answers_are_stored_on_the_scale_that_was_chosen_and_the_page_says_so(own, scale):
    file, _, wish = sent(own, "a.csv", ANSWERS)
    done, report, _ = answered(own, file, wish, scale)
    assert report is None and done["messages"] == [
        {"what": "4 records imported from a.csv.", "why": f"Read: 4 answers on the scale {scale}.", "level": "info"}
    ]
    assert {each.scale for each in stored(own)} == {scale}


def test_answers_on_a_scale_that_nobody_knows_are_kept_and_not_counted(own):
    file, _, wish = sent(own, "a.csv", ANSWERS)
    [message] = answered(own, file, wish, NOT_KNOWN)[0]["messages"]
    assert message["level"] == "warning" and "on a scale that nobody named: stored, and not counted" in message["why"]
    assert {each.scale for each in stored(own)} == {None}


def test_the_dialog_needs_a_choice_and_stays_open_where_an_answer_does_not_lie_on_it(own):
    file, _, wish = sent(own, "a.csv", ANSWERS.replace(",4,", ",8,"))
    done, report, wrong = answered(own, file, wish, "")
    assert not isinstance(done, dict) and report is None and wrong == ["Choose one."]
    done, report, _ = answered(own, file, wish, "1-5")
    assert not isinstance(done, dict) and "Line 2" in words(report) and "1 to 5" in words(report)
    assert sum(own.jobs.storage(own.snapshot()).store.counts().values()) == 0


def test_a_file_that_names_its_scales_is_not_asked_about(own):
    head, *rows = ANSWERS.splitlines()
    told = [f"{head},scale", *(f"{row},{scale}" for row, scale in zip(rows, ("5", "1-7", "1-10", ""), strict=True))]
    text = "\n".join(told).replace("pay,4,Shopper,f,2026-01-04", "pay,neutral,Shopper,f,2026-01-04")
    assert imported(own, "a.csv", text)["why"].startswith(
        "Read: 1 answer on the scale 1-10, 1 answer on the scale 1-5, 1 answer on the scale 1-7, 1 answer in words."
    )


def test_exports_can_be_imported_somewhere_else(own, tmp_path):
    for kind, values in GOOD.items():
        press(own, kind, values | ({"started": "", "at": ""} if kind == "job" else {}))
    everything = json.dumps(own.jobs.export_data(own.view(None, "2026-01-01", "2026-12-31", ALL)))
    other = tmp_path / "other"
    (other / "jtbd").mkdir(parents=True)
    there = opened(other)
    made = imported(there, "jobs.json", everything)
    assert made["level"] == "info", made
    assert there.jobs.storage(there.snapshot()).store.counts() == own.jobs.storage(own.snapshot()).store.counts()


def test_a_file_of_what_cannot_be_is_refused_with_its_line(own):
    head = "kind,outcome_id,expected_value,actual_value,measured_at\noutcome,pay,60,50,2026-01-05T09:00:00Z\n"
    for line, said in (
        ("60,50,2999-01-05T09:00:00Z", "measured_at lies in the future"),
        ("60,-5,2026-01-06T09:00:00Z", "give 0 or more"),
    ):
        made = imported(own, "records.csv", f"{head}outcome,pay,{line}\n")
        assert "was not imported" in made["what"] and said in made["why"] and "Line 3" in made["why"], made
        assert sum(own.jobs.storage(own.snapshot()).store.counts().values()) == 0


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("records.csv", "nonsense", "was not imported"),
        ("records.txt", "", "was not imported"),
        ("records.json", "{", "was not imported"),
        ("big.csv", "x" * (MOST_BYTES + 1), "too large"),
    ],
)
def test_a_file_that_is_none_says_why_and_stores_nothing(own, name, text, said):
    made = imported(own, name, text)
    assert said in made["what"] and made["level"] == "warning" and made.get("why")
    assert sum(own.jobs.storage(own.snapshot()).store.counts().values()) == 0


@pytest.mark.parametrize(
    ("address", "kind", "begins"),
    [
        ("jobs.json", "application/json", "{"),
        ("jobs.csv", "text/csv", "section,"),
        ("jobs.md", "text/markdown", "#"),
        ("jobs-outcomes.csv", "text/csv", "outcome_id,"),
        ("jobs-records.csv", "text/csv", ""),
        ("jobs-quality.csv", "text/csv", "name,"),
        (f"job-records.csv?chart={LIST}&pick=outcome:out-late-costs", "text/csv", "kind,about,"),
        ("chart.csv?chart=opportunity_landscape", "text/csv", "Outcome,"),
        ("chart.xlsx?chart=job_investment", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ""),
        (f"chart-issues.csv?chart={LIST}&pick=job:job-close-books", "text/csv", "key,"),
    ],
)
def test_the_files(sample, client, use, address, kind, begins):
    use(sample)
    mark = "&" if "?" in address else "?"
    answer = client.get(f"/export/{address}{mark}tab=jobs&period=90d")
    assert (answer.status_code, answer.mimetype) == (200, kind), answer.data[:200]
    assert (
        answer.data.lstrip(b"\xef\xbb\xbf").startswith(begins.encode())
        and "attachment" in answer.headers["Content-Disposition"]
    )


def test_a_file_that_is_none_is_refused(sample, client, use):
    use(sample)
    assert client.get("/export/jobs-nonesuch.csv").status_code == 404
    assert client.get("/export/jobs.exe").status_code == 404


def test_every_chart_of_jobs_says_how_to_read_it():
    for name, chart in JOB_CHARTS.items():
        assert chart.name == name and chart.title and len(chart.help) > 40, name


@pytest.mark.parametrize("name", JOB_METRICS)
def test_a_number_of_jobs_is_a_file_like_any_other(sample, client, use, name):
    use(sample)
    rows = list(csv.DictReader(io.StringIO(client.get(f"/export/metric.csv?tab=jobs&period=90d&metric={name}").text)))
    [value] = [each for each in sample.jobs.answer(sample.view("90d")).values if each.metric_name == name]
    assert [(row["metric_name"], row["metric_type"], float(row["value"])) for row in rows] == [
        (name, "jtbd", value.value)
    ]
    others = client.get("/export/metric.csv?period=90d&metric=flow_time").text
    assert tuple(rows[0]) == tuple(next(csv.reader(io.StringIO(others))))
    assert client.get(f"/export/metric.xlsx?tab=jobs&period=90d&metric={name}").data[:2] == b"PK"
    refused = client.get(f"/export/issues.csv?period=90d&metric={name}")
    assert refused.status_code == 400 and "records of jobs" in refused.text


def test_the_file_of_a_number_obeys_the_persona_of_the_tab(sample, client, use):
    use(sample)
    asked = "/export/metric.csv?tab=jobs&period=90d&metric=job_completion_rate"
    used = [
        int(next(csv.DictReader(io.StringIO(client.get(asked + more).text)))["used"])
        for more in ("", "&persona=Accountant")
    ]
    assert 0 < used[1] < used[0]


def test_the_panel_of_the_tab_knows_every_metric_of_jobs():
    assert tuple(RECORDS_OF_METRIC) == tuple(JOB_METRICS)
