"""The register (F-01 to F-04): read and written without loss, the seed's own file, the five checks, ticks from
issues.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.jtbd.progress import register_rows
from data.jtbd.register import (
    Deliverable,
    Register,
    RegisterError,
    RegisterJob,
    next_id,
    parse,
    read_register,
    repair,
    write_register,
)
from data.jtbd.serving import Serving
from data.jtbd.specs import Specs
from data.jtbd.verify import verify
from tests.builders import DOING, DONE, Item, facts, site

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), exclude_characters="|\\"),
    min_size=1,
    max_size=20,
)
lines = st.lists(words, min_size=1, max_size=4).map(" ".join).filter(lambda text: repair(text)[0] == text)
jobs = st.builds(
    RegisterJob,
    id=st.integers(1, 99).map("JTBD-{:02d}".format),
    title=lines,
    situation=lines,
    pattern=lines,
    metric=lines,
    superpower=lines,
    views=lines,
    issues=lines,
    steps=st.booleans(),
    deliverables=st.lists(st.builds(Deliverable, lines, st.booleans()), min_size=1, max_size=4).map(tuple),
)


@pytest.fixture
def seed(shared):
    return shared / "seeds" / "001_d51b6b85c2f54c6a.txt"


def test_the_seeds_four_jobs_load_and_pass_all_checks(seed):
    """F-02, F-03: the template's own file."""
    found = read_register(seed)
    assert (
        [each.id for each in found.jobs]
        == ["JTBD-01", "JTBD-02", "JTBD-03", "JTBD-04"]
        == [each.id for each in found.core]
    )
    assert [len(each.deliverables) for each in found.jobs] == [5, 4, 4, 4]
    assert [each.steps for each in found.jobs] == [False, False, True, False]
    assert found.jobs[1].sentence == (
        "Given request rate >1000 req/s, the system must horizontal scaling with thread offloading, to ensure "
        "p99 latency <50ms."
    )
    assert found.jobs[2].deliverables[2].text == "Design Routing: `Shard_Index = Hash(entity_id) % Total_Shards`"
    assert found.repaired == 1
    assert "maps to ≥1 superpower" in found.text()
    assert [each.ok for each in verify(found)] == [True] * 5


def test_the_seeds_file_is_written_as_it_was_read(seed, tmp_path):
    text = seed.read_text("utf-8")
    write_register(tmp_path / "register.md", read_register(seed))
    assert (tmp_path / "register.md").read_text("utf-8") == text.replace("â‰¥", "≥")


@given(st.text(max_size=400))
def test_any_text_is_kept(text):
    assert parse(text).text() == repair(text)[0]


@given(st.lists(jobs, max_size=4, unique_by=lambda each: each.id))
def test_jobs_are_read_as_they_were_written(rows):
    register = Register()
    for each in rows:
        register = register.with_job(each)
    again = parse(register.text())
    assert again.jobs == rows
    assert again.text() == register.text()


@given(jobs, jobs)
def test_changing_a_job_leaves_the_others_and_the_text_alone(job, other):
    register = parse("# Ours\n\nSome words.\n\n## Core jobs\n\n").with_job(replace(job, id="JTBD-01"))
    register = parse(register.text() + "\n---\n\n## Notes\n\nKept | as it is.\n")
    changed = parse(register.with_job(replace(other, id="JTBD-01")).text())
    assert changed.jobs == [replace(other, id="JTBD-01")]
    assert changed.text().startswith("# Ours\n\nSome words.\n")
    assert changed.text().endswith("## Notes\n\nKept | as it is.\n")


def test_a_job_that_is_not_changed_is_written_letter_by_letter():
    text = "### JTBD-01:   Odd spacing\n|Field|Value|\n|--|--|\n|  **Metric**|  5 ms |\n\n* [X] done\n"
    register = parse(text)
    assert register.with_job(register.jobs[0]).text() == text
    assert register.jobs[0].deliverables == (Deliverable("done", True),)


def test_rows_that_are_not_ours_survive_a_change():
    register = parse("### JTBD-01: A\n\n| Field | Value |\n|---|---|\n| **Metric** | 5 |\n| **Owner** | Ann |\n")
    text = register.with_job(replace(register.jobs[0], metric="6")).text()
    assert "| **Metric** | 6 |" in text
    assert "| **Owner** | Ann |" in text


def test_templates_and_examples_in_fences_are_no_jobs():
    text = "```\n### JTBD-09: no\n```\n\n### JTBD-{{ ID }}: {{ Title }}\n\n### JTBD-01: yes\n"
    assert [each.id for each in parse(text).jobs] == ["JTBD-01"]


@pytest.mark.parametrize("text", ["plain", "naïve café", "Größe 5 µm", "“quoted”", "Â", "â", "5 × 3 ≥ 2", "Ǆ€"])
def test_text_that_is_right_is_left_alone(text):
    assert repair(text) == (text, 0)


@given(st.text(st.characters(min_codepoint=0xA0, max_codepoint=0x2FFF), min_size=1, max_size=10))
def test_what_windows_made_of_utf8_is_mended(text):
    raw = text.encode("utf-8")
    wrong = "".join(
        bytes([each]).decode("cp1252") if each not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(each) for each in raw
    )
    assert repair(f"a {wrong} b")[0] == f"a {text} b"


def test_the_next_number():
    register = Register().with_job(RegisterJob("JTBD-07", "a")).with_job(RegisterJob("OTHER-99", "b"))
    assert next_id(register) == "JTBD-08"
    assert next_id(Register()) == "JTBD-01"


def test_a_missing_file_is_an_empty_register_and_a_folder_is_said(tmp_path):
    assert read_register(tmp_path / "none.md").jobs == []
    (tmp_path / "dir.md").mkdir()
    with pytest.raises(RegisterError, match=r"dir\.md cannot be read"):
        read_register(tmp_path / "dir.md")


GOOD = RegisterJob("JTBD-01", "A", "s", "p", "5 ms", "Writing-Plans", "Logical", "", False, (Deliverable("Load test"),))


@pytest.mark.parametrize(
    ("change", "check", "clue"),
    [
        ({"situation": ""}, 0, "JTBD-01: without situation."),
        ({"pattern": "{{ architectural_pattern }}"}, 0, "without pattern"),
        ({"deliverables": ()}, 0, "without deliverables"),
        ({"superpower": ""}, 1, "none given"),
        ({"superpower": "Hope"}, 1, "Hope is not known"),
        ({"views": ""}, 2, "none given"),
        ({"views": "Logical, Lunar"}, 2, "Lunar is no view"),
        ({"metric": "fast enough"}, 3, "names no number"),
        ({"deliverables": (Deliverable("Redis cache"),)}, 4, "nothing says how"),
    ],
)
def test_each_check_says_what_fails(change, check, clue):
    found = verify(Register().with_job(replace(GOOD, **change)))
    assert not found[check].ok
    assert any(clue in each for each in found[check].failing)
    assert found[check].todo


def test_a_good_job_passes_and_an_empty_register_does_not():
    assert all(each.ok for each in verify(Register().with_job(GOOD)))
    assert not verify(Register())[0].ok


def test_a_superpower_of_the_registers_own_table_is_known():
    text = "## Superpower-to-JTBD Mapping\n\n| Superpower | Best For |\n|---|---|\n| **Patience** | waiting |\n\n"
    assert verify(parse(text).with_job(replace(GOOD, superpower="Patience")))[1].ok


def test_deliverables_tick_from_the_issues_they_name():
    """F-04. PP-1 and PP-2 are done, PP-3 is in progress, nobody knows XX-9."""
    done = [("2025-01-02", DOING), ("2025-01-03", DONE)]
    tables = site(
        Item("2025-01-01", done, project="PP"),
        Item("2025-01-01", done, project="PP", labels=["ours"]),
        Item("2025-01-01", done[:1], project="PP", labels=["ours"]),
    )
    texts = ("A (PP-1)", "B PP-2 PP-3", "C PP-1 XX-9", "D", "E XX-9")
    job = replace(
        GOOD, issues="label ours", deliverables=(*(Deliverable(each) for each in texts), Deliverable("F", True))
    )
    [row] = register_rows(Register().with_job(job), Serving(facts(tables), Specs()))
    assert [each.done_by_issues for each in row.deliverables] == [True, False, False, None, None, None]
    assert [each.done for each in row.deliverables] == [True, False, False, False, False, True]
    assert (row.issues, row.issues_done, row.progress) == (3, 2, 2 / 6)
    [alone] = register_rows(Register().with_job(job), None)
    assert (alone.issues, alone.deliverables_done) == (0, 1)


@pytest.mark.parametrize(
    ("metric", "fails"),
    [
        ("p99 latency <50ms", False),
        ("99.9 % availability", False),
        ("all tests pass", False),
        ("RPO=0", False),
        ("No write is lost", False),
        ("1000 req/s", False),
        ("answers within 2 seconds", False),
        ("99.9 availability", True),
        ("< 50", True),
        ("24/7 availability", True),
        ("Version 2 works", True),
        ("every user is happy", True),
        ("always fast", True),
        ("1.2.3 released", True),
    ],
)
def test_a_metric_is_quantifiable_with_a_number_and_a_unit_or_a_condition_that_can_be_checked(metric, fails):
    from data.jtbd.register import Register, RegisterJob
    from data.jtbd.verify import verify

    register = Register().with_job(RegisterJob("J-1", "x", "a", "b", metric))
    [check] = [each for each in verify(register) if each.name == "Metrics are quantifiable"]
    assert check.ok is not fails
