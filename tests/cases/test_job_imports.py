"""c10_jtbd: nothing that a file holds is lost, and answers are read on their own scale."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.jtbd.picture import Picture, picture
from data.values.jobs import Opportunity
from tests.cases.conftest import Cases
from tests.cases.site import Answered, CaseSite

COUNTED = """
@prefix tl: <urn:throughline:jtbd:> .
@prefix : <urn:shop:> .
:p a tl:Persona ; tl:title "Shopper" .
:o1 a tl:Outcome ; tl:title "One" ; tl:answers 100 ; tl:importantAnswers 90 .
:j a tl:Job ; tl:title "Job" ; tl:situation "a" ; tl:motivation "b" ; tl:result "c" ; tl:persona :p ; tl:outcome :o1 .
"""
HEAD = "kind,outcome_id,satisfaction_level,persona,feature,recorded_at"


@pytest.fixture
def site(case: Cases) -> CaseSite:
    return case.fresh("c10_jtbd")


@pytest.fixture
def counted(site: CaseSite) -> CaseSite:
    """The importance of the outcome is a share of answers too: the two highest of all."""
    for each in (site.home / "jtbd").glob("*.ttl"):
        each.unlink()
    (site.home / "jtbd" / "shop.ttl").write_text(COUNTED, "utf-8")
    return site


def imported(site: CaseSite, path: Path, *words: str) -> Answered:
    done = site.run("jtbd", "import", str(path), *words, "--format", "json")
    assert done.code == 0, done.err
    return done


def drawn(site: CaseSite) -> Picture:
    storage = site.services.jobs.storage(site.services.snapshot())
    return picture(storage.records(), storage.specs())


def opportunity(site: CaseSite) -> Opportunity:
    [row] = [each for each in drawn(site).outcomes if each.outcome_id == "o1"]
    return row.opportunity


@pytest.mark.parametrize("file", ["sameday.csv", "five.csv", "five2.csv", "a.csv", "words.csv"])
def test_forty_answers_are_forty_records_and_the_same_file_again_adds_none(
    case: Cases, site: CaseSite, file: str
) -> None:
    path = case.folder("c10_jtbd") / file
    [first] = imported(site, path).json
    [again] = imported(site, path).json
    assert (first["records"], first["new"], len(first["known"])) == (40, 40, 0)
    assert (again["records"], again["new"], len(again["known"])) == (40, 0, 40)
    said = site.run("jtbd", "import", str(path)).out
    assert "40 records were here already: line 2, line 3" in said


@pytest.mark.parametrize(("file", "values"), [("b.csv", (3.5, 4.0)), ("c.csv", (3.5, 4.0))])
def test_semicolons_and_decimal_commas_are_read(
    case: Cases, site: CaseSite, file: str, values: tuple[float, float]
) -> None:
    [done] = imported(site, case.folder("c10_jtbd") / file).json
    assert done["new"] == 1
    [row] = site.services.jobs.storage(site.services.snapshot()).store.query("outcome")
    assert (row.actual_value, row.expected_value) == values


def test_a_scale_that_nobody_named_is_asked_for(case: Cases, counted: CaseSite) -> None:
    [done] = imported(counted, case.folder("c10_jtbd") / "five2.csv").json
    assert "40 answers from 4 to 5 are on a scale that nobody named" in " ".join(done["notes"])
    found = opportunity(counted)
    assert (found.satisfaction, found.score) == (None, None)
    assert "nobody said on which scale" in found.reason


def test_a_survey_of_fours_and_fives_of_five_is_satisfied(case: Cases, counted: CaseSite) -> None:
    path = case.folder("c10_jtbd") / "five2.csv"
    imported(counted, path)
    [done] = imported(counted, path, "--scale", "5").json
    assert (done["new"], done["filled"]) == (0, 40)
    found = opportunity(counted)
    assert (found.satisfaction, found.band, found.n) == (10, "overserved", 40)


def test_ratings_on_a_scale_of_five_are_mapped_to_ten(case: Cases, site: CaseSite) -> None:
    imported(site, case.folder("c10_jtbd") / "five2.csv", "--scale", "1-5")
    assert opportunity(site).satisfaction == pytest.approx((7.75 + 10) / 2)


def test_fives_read_as_tens_and_a_mixture_of_scales_are_told(case: Cases, counted: CaseSite) -> None:
    folder = case.folder("c10_jtbd")
    [done] = imported(counted, folder / "five.csv", "--scale", "1-10").json
    assert "None of 40 answers on the scale 1-10 is above 5" in " ".join(done["notes"])
    imported(counted, folder / "five2.csv", "--scale", "1-5")
    told = " ".join(each.message for each in drawn(counted).quality)
    assert "None of 40 answers on the scale 1-10 is above 5" in told
    assert "answers on 2 scales (40 on 1-10, 40 on 1-5)" in told
