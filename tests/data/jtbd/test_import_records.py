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
            (
                '[{"kind": "satisfaction", "outcome_id": "o", "satisfaction_level": "5", "recorded_at": 1,'
                ' "met_expectations": "perhaps"}]'
            ),
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


ANSWERS = "kind,outcome_id,satisfaction_level,persona,feature,recorded_at\n"


def test_equal_rows_are_each_a_record_and_the_same_file_gives_the_same_ones():
    text = ANSWERS + "satisfaction,o1,4,Shopper,f,2026-11-20\n" * 20 + "satisfaction,o1,5,Shopper,f,2026-11-20\n" * 20
    found = import_records.read_text(text, "a.csv")
    assert len({each.event_id for each in found}) == 40
    assert import_records.read_text(text, "b.csv") == found


def test_rows_with_event_ids_of_their_own_are_not_numbered():
    text = ANSWERS.replace("\n", ",event_id\n") + "satisfaction,o1,4,Shopper,f,2026-11-20,e1\n" * 2
    assert [each.event_id for each in import_records.read_text(text, "a.csv")] == ["e1", "e1"]


def test_what_was_not_asked_is_neither_yes_nor_no():
    text = ANSWERS.replace("\n", ",met_expectations,would_recommend\n") + (
        "satisfaction,o1,4,Shopper,f,2026-11-20,,\nsatisfaction,o1,4,Shopper,f,2026-11-20,no,yes\n"
    )
    found = import_records.read_text(text, "a.csv")
    assert [(each.met_expectations, each.would_recommend) for each in found] == [(None, None), (False, True)]


MEASURED = ("kind", "outcome_id", "actual_value", "expected_value", "persona", "feature", "at")


@pytest.mark.parametrize("start", ["", "\ufeff", "sep={}\n"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_stand_between_commas_semicolons_or_tabs(mark, start):
    rows = [MEASURED, ("outcome", "o1", "3.5", "4.0", "Shopper", "f", "20.11.2026 10:00")]
    text = start.format(mark) + "\n".join(mark.join(row) for row in rows)
    [found] = import_records.read_text(text, "a.csv")
    assert (found.actual_value, found.expected_value) == (3.5, 4.0)
    assert import_records.iso_of(found.measured_at) == "2026-11-20T10:00:00.000Z"


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("3,5", "4,0"), (3.5, 4.0)),
        (("1.234,5", "1,234"), (1234.5, 1.234)),
        (("0,125", "12"), (0.125, 12)),
        (("-3,25", "4"), (-3.25, 4)),
        (("1,234.5", "3.25"), (1234.5, 3.25)),
    ],
)
def test_decimal_commas_are_read(cells, values):
    text = ";".join(MEASURED) + "\n" + ";".join(("outcome", "o1", *cells, "Shopper", "f", "2026-11-20"))
    [found] = import_records.read_text(text, "a.csv")
    assert (found.actual_value, found.expected_value) == values


@pytest.mark.parametrize(
    ("cells", "clue"),
    [
        (("1,234", "4"), "Line 2: actual_value is '1,234', which can be read in two ways. Write 1234 or 1.234."),
        (("3,5", "1.234"), "Line 2: expected_value is '1.234', which can be read in two ways. Write 1234 or 1,234."),
        (("3;5", "4"), "line 2 has more cells than the header"),
        (("three", "4"), "Line 2: actual_value is 'three', which is no number."),
    ],
)
def test_a_number_that_is_wrong_or_has_two_meanings_is_told_with_line_and_column(cells, clue):
    text = ";".join(MEASURED) + "\n" + ";".join(("outcome", "o1", *cells, "Shopper", "f", "2026-11-20"))
    with pytest.raises(import_records.ImportFailed) as error:
        import_records.read_text(text, "a.csv")
    assert clue in str(error.value)


def test_a_column_that_is_named_twice_is_told():
    with pytest.raises(import_records.ImportFailed, match="line 1 names the column persona twice"):
        import_records.read_text(ANSWERS.replace("feature", "persona") + "satisfaction,o1,4,a,b,2026-11-20\n", "a.csv")


def test_unicode_text_of_a_spreadsheet_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(("\t".join(MEASURED) + "\noutcome\to1\t3,5\t4\tKäufer\tf\t2026-11-20").encode("utf-16"))
    [found] = import_records.read_file(path)
    assert (found.actual_value, found.persona) == (3.5, "Käufer")


def test_answers_carry_their_scale_and_a_wrong_one_is_told():
    text = ANSWERS.replace("\n", ",scale\n") + (
        "satisfaction,o1,4,Shopper,f,2026-11-20,5\nsatisfaction,o1,satisfied,Shopper,f,2026-11-20,words\n"
        "satisfaction,o1,4,Shopper,f,2026-11-20,\n"
    )
    assert [each.scale for each in import_records.read_text(text, "a.csv")] == ["1-5", None, None]
    for scale, clue in (("6", "Use one of: 1-5, 1-7"), ("words", "Use one of: very_diss"), ("1-3", "scale is '1-3'")):
        with pytest.raises(import_records.ImportFailed, match=f"Line 4: .*{clue}"):
            import_records.read_text(text.rstrip("\n") + scale, "a.csv")
