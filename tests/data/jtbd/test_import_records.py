"""Records from files, and back into files."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.jtbd import import_records, pages
from data.values.records import LEVELS, JobCompletion, OutcomeAchieved, UserSatisfaction, complete

HEAD = "kind,job_id,persona,feature_used,status,started_at,completed_at\n"


def test_csv_with_a_header_and_instants_of_any_kind():
    text = HEAD + (
        "job,buy,ann,cart,completed,2026-01-31T10:00:00+01:00,2026-01-31T09:00:08Z\n"
        "job,buy,bob,cart,started,2026-01-31 09:00,\n\n"
        "job,buy,cleo,cart,started,1769850000,\n"
    )
    rows = import_records.read_text(text, "a.csv")
    assert {each.started_at for each in rows} == {1769850000000000}
    assert (rows[0].duration_seconds, rows[0].source) == (8.0, "import")


def test_the_kind_may_be_told_by_the_columns():
    rows = import_records.read_text(
        "outcome_id,expected_value,actual_value,measured_at\nfast,5,4,2026-01-31\n", "a.csv"
    )
    assert isinstance(rows[0], OutcomeAchieved)
    rows = import_records.read_text(
        "outcome_id,satisfaction_level,recorded_at,persona\nfast,Very satisfied,2026-01-31,ann\n", "a.csv"
    )
    assert rows[0].satisfaction_level == "very_satisfied"


def test_columns_that_we_do_not_know_stay_in_the_context():
    [row] = import_records.read_text(
        HEAD.replace("\n", ",country\n") + "job,buy,ann,cart,started,2026-01-31,,DE\n", "a.csv"
    )
    assert json.loads(row.context) == {"country": "DE"}


@pytest.mark.parametrize(
    ("line", "clue"),
    [
        ("job,buy,ann,cart,completed,soon,", "Line 2: started_at is 'soon'"),
        ("job,,ann,cart,completed,2026-01-31,", "job_id is missing"),
        ("job,buy,ann,cart,done,2026-01-31,", "status is 'done'"),
        ("walk,buy,ann,cart,started,2026-01-31,", "kind is 'walk'"),
        ("job,buy,ann,cart,completed,2026-01-31,2026-01-30", "before the start"),
        ("job,buy,ann,cart,started,2026-01-31,,,,", "more cells"),
    ],
)
def test_what_is_no_record_is_told_with_its_line_and_nothing_is_read(line, clue):
    good = "job,buy,ann,cart,started,2026-01-31,\n"
    with pytest.raises(import_records.ImportFailed, match="nothing was imported") as error:
        import_records.read_text(HEAD + line + "\n" + good, "a.csv")
    assert clue in str(error.value)


@pytest.mark.parametrize(
    ("text", "name", "clue"),
    [
        ("{", "a.json", "cannot be read"),
        ("5", "a.json", "expected a list"),
        ("[5]", "a.json", "no object"),
        ('{"kind": "job"}\n{', "a.jsonl", "line 2"),
        ("x", "a.xml", r"must end in \.csv"),
        (
            '[{"kind": "satisfaction", "outcome_id": "o", "satisfaction_level": "5", "recorded_at": 1, "met_expectations": "perhaps"}]',
            "a.json",
            "Write yes or no",
        ),
        (
            '[{"kind": "outcome", "outcome_id": "o", "expected_value": "NaN", "actual_value": 1, "measured_at": 1}]',
            "a.json",
            "no number",
        ),
    ],
)
def test_files_that_are_none(text, name, clue):
    with pytest.raises(import_records.ImportFailed, match=clue):
        import_records.read_text(text, name)


def test_lists_by_kind_and_our_own_export_are_read():
    rows = [
        {"job_id": "buy", "persona": "ann", "feature_used": "cart", "status": "started", "started_at": "2026-01-31"}
    ]
    for told in ({"job_completions": rows}, {"jobs": rows}, {"records": [{"kind": "job", **rows[0]}]}):
        assert [each.job_id for each in import_records.read_text(json.dumps(told), "a.json")] == ["buy"]


texts = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
jobs = st.builds(
    lambda *row: complete(JobCompletion(*row)),
    texts,
    texts,
    texts,
    st.just("started"),
    st.integers(0, 4 * 10**12).map(lambda n: n * 1000),
)
answers = st.builds(
    lambda *row: complete(UserSatisfaction(*row)),
    texts,
    texts,
    texts,
    st.sampled_from(LEVELS),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(1, 7),
    st.none() | texts,
    st.integers(0, 4 * 10**12).map(lambda n: n * 1000),
)


@given(st.lists(jobs | answers, min_size=1, max_size=5))
def test_records_survive_csv_and_json(rows):
    for text, name in (
        (pages.csv_records(rows), "a.csv"),
        (json.dumps({"records": import_records.as_rows(rows)}), "a.json"),
    ):
        found = import_records.read_text(text, name, "manual")
        assert [each.event_id for each in found] == [each.event_id for each in rows]
        assert found == rows


def test_formulas_are_neutral_in_csv_and_themselves_again_when_read():
    row = complete(JobCompletion("=1+1", "@ann", "+cart", "started", 0))
    text = pages.csv_records([row])
    assert "'=1+1" in text
    assert import_records.read_text(text, "a.csv", "manual") == [row]


@pytest.mark.parametrize("instant", ["0001-01-01", "1969-12-31T23:59:59Z", 10**30, -(10**19), 2**63, "x" * 10_000])
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl"])
def test_instants_at_the_ends_of_the_calendar_are_told(name, instant):
    row = {
        "kind": "job",
        "job_id": "buy",
        "persona": "ann",
        "feature_used": "cart",
        "status": "started",
        "started_at": instant,
    }
    text = f"{','.join(row)}\n{','.join(map(str, row.values()))}" if name == "a.csv" else json.dumps(row)
    with pytest.raises(
        import_records.ImportFailed, match=r"started_at is '.{1,40}'. Write it as 2026-01-31T09:30:00Z."
    ) as caught:
        import_records.read_text(f"[{text}]" if name == "a.json" else text, name)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["[" * 100_000, '{"records":' * 100_000, '{"resourceSpans":' * 100_000])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_what_is_nested_without_end_is_told(name, text):
    with pytest.raises(import_records.ImportFailed, match="nothing was imported"):
        import_records.read_text(text, name)
