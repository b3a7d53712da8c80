"""Saved views: kept whole, never lost to another editor, and files of others are read with suspicion."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.settings.filter_fields import FILTER_FIELDS
from data.settings.overrides import BadOverride
from data.teams.content import FORMAT, MOST_BYTES, MOST_VIEWS, BadView, free_name, name_of, read, to_bytes
from data.teams.store import NameTaken, NoSuchView, TeamConflict, TeamsError, TeamStore
from data.values.filters import Filter, Filters, only
from data.values.periods import PeriodError
from data.values.teams import TeamView
from tests import seeding
from tests.sample_services import synced_services

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
SHOP = TeamView("Shop", "30d", filters=Filters(only(project=("SHOP",)).where, (("durations", "working_days"),)))


@pytest.fixture
def store(tmp_path):
    return TeamStore(tmp_path / "teams.json", lambda: NOW)


def names(store):
    return [each.name for each in store.load()[0].views]


def test_what_is_saved_is_there_for_the_next_one(store):
    made = store.save(SHOP)
    dated = store.save(TeamView("Payments", None, "2026-01-01", "2026-01-31", only(label=("<b>", "a|b"))))
    again = TeamStore(store.path).load()[0].views
    assert {each.name: each for each in again} == {"Shop": made, "Payments": dated}
    assert made.filters == SHOP.filters and made.changed_at == "2026-11-16T12:00:00.000Z"
    assert (made.revision, dated.revision) == (1, 2)
    assert store.path.stat().st_mode & 0o777 == 0o600


def test_a_name_is_taken_whatever_its_case_and_replaced_only_as_seen(store):
    first = store.save(SHOP)
    with pytest.raises(NameTaken) as taken:
        store.save(TeamView("SHOP"))
    assert taken.value.existing == first
    second = store.save(TeamView("SHOP", "7d"), first.revision)
    assert [each.period for each in store.load()[0].views] == ["7d"]
    with pytest.raises(TeamConflict) as told:
        store.save(TeamView("Shop", "90d"), first.revision)
    assert told.value.theirs == second and "Somebody else changed it" in str(told.value)
    assert [each.period for each in store.load()[0].views] == ["7d"], "the first one to save won"


def test_deleting_what_another_has_changed_or_deleted_is_told(store):
    first = store.save(SHOP)
    store.save(TeamView("Shop", "7d"), first.revision)
    with pytest.raises(TeamConflict):
        store.delete("Shop", first.revision)
    store.delete("shop")
    with pytest.raises(NoSuchView, match="None is saved yet"):
        store.delete("Shop")
    with pytest.raises(TeamConflict, match="removed"):
        store.save(SHOP, first.revision)
    assert names(store) == []


def test_of_many_editors_at_once_nobody_loses_a_view(store):
    def work(n):
        TeamStore(store.path).save(TeamView(f"Team {n}"))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = store.load()[0]
    assert len(found.views) == 12 and found.revision == 12
    assert len({each.revision for each in found.views}) == 12


def test_of_two_who_replace_the_same_view_one_wins_and_the_other_is_told(store):
    seen = store.save(SHOP).revision
    ended = []

    def work(period):
        try:
            TeamStore(store.path).save(TeamView("Shop", period), seen)
            ended.append(period)
        except TeamConflict:
            ended.append("told")

    threads = [threading.Thread(target=work, args=(period,)) for period in ("7d", "90d")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(ended)[-1] == "told" and len(set(ended)) == 2
    assert store.load()[0].views[0].period in ended


def test_a_broken_file_gives_way_to_its_copy_and_is_kept(store):
    store.save(SHOP)
    store.path.write_text("{ broken")
    found, problem = store.load()
    assert [each.name for each in found.views] == ["Shop"] and "last save" in problem.what
    assert list(store.path.parent.glob("teams.json.broken-*"))
    store.save(TeamView("Other"))
    assert sorted(names(store)) == ["Other", "Shop"] and store.load()[1] is None


def test_a_folder_in_place_of_the_file_is_said_and_nothing_is_lost(store):
    store.path.mkdir(parents=True)
    assert store.load()[1].level == "danger"
    with pytest.raises(TeamsError):
        store.save(SHOP)


def test_there_is_a_most(store):
    store.add(TeamView(f"T{n}") for n in range(MOST_VIEWS))
    with pytest.raises(TeamsError, match=str(MOST_VIEWS)):
        store.save(TeamView("one more"))
    with pytest.raises(TeamsError):
        store.add([TeamView("one more")])
    assert len(names(store)) == MOST_VIEWS


@pytest.mark.parametrize("bad", ["", "   ", "\u200b\u0007", "x" * 61, "a|b", None, 7])
def test_names_that_cannot_be(bad):
    with pytest.raises(BadView):
        name_of(bad)


def test_names_lose_what_cannot_be_seen_and_keep_what_can():
    assert name_of("\u202eWeb\u0000 team\n") == "Web team"
    assert name_of("<script>alert(1)</script>") == "<script>alert(1)</script>", "text is text"
    assert free_name("Web", ["WEB", "web (2)"]) == "Web (3)"
    assert len(free_name("x" * 60, ["x" * 60])) <= 60


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not json", "not JSON"),
        ("[]", "no saved views"),
        ('{"views": 3}', "no saved views"),
        ("[" * 100_000, "not JSON"),
        ('{"format": 9, "views": []}', "format 9"),
        ("x" * (MOST_BYTES + 1), "too large"),
        ('{"views": {"name": "x"}}', "no saved views"),
    ],
)
def test_files_that_are_none_of_ours(text, why):
    with pytest.raises(BadView, match=why):
        read(text)


@pytest.mark.parametrize(
    "view",
    [
        3,
        {},
        {"name": ""},
        {"name": "x"},
        {"name": "x", "period": "1y"},
        {"name": "x", "first": "2026-02-01", "last": "2026-01-01"},
        {"name": "x", "first": "soon", "last": "later"},
        {"name": "x", "period": "7d", "filters": 3},
        {"name": "x", "period": "7d", "filters": [{"field": "assigne", "op": "in", "value": ["Ann"]}]},
        {"name": "x", "period": "7d", "filters": [{"field": "type", "op": "is", "value": ["Bug"]}]},
        {"name": "x", "period": "7d", "filters": [{"field": "type", "op": "lt", "value": ["Bug"]}]},
        {"name": "x", "period": "7d", "filters": [{"field": "type"}]},
        {"name": "x", "period": "7d", "filters": {"projects": "SHOP"}},
        {"name": "x", "period": "7d", "filters": {"projects": [1]}},
        {"name": "x", "period": "7d", "filters": {"types": ["y" * 3000]}},
        {"name": "x", "period": "7d", "definitions": [1]},
        {"name": "x", "period": "7d", "definitions": {"durations": 3}},
        {"name": "x", "period": ["7d"]},
    ],
)
def test_a_view_that_cannot_be_is_left_out_and_told_and_the_others_are_read(view):
    found = read(json.dumps({"views": [view, {"name": "good", "period": "7d"}]}))
    assert [each.name for each in found.views] == ["good"]
    assert len(found.problems) == 1 and found.problems[0].startswith("View 1 is left out")


def test_what_could_not_be_read_again_is_not_saved(store):
    store.save(TeamView("Web"))
    with pytest.raises(BadView, match="label"):
        store.save(TeamView("Long", filters=only(label=("x" * 3_000,))))
    assert names(store) == ["Web"]


def test_a_view_that_cannot_be_read_is_kept_when_others_are_saved(store):
    store.path.write_text(json.dumps({"views": [{"name": "Web", "period": "7d"}, {"name": "odd", "period": "1y"}]}))
    store.save(TeamView("New"))
    assert names(store) == ["New", "Web"]
    (kept,) = store.path.parent.glob("teams.json.broken-*")
    assert "odd" in kept.read_text()


TEXT = st.text(min_size=1, max_size=20)
FILTER = st.builds(
    Filter,
    st.sampled_from(list(FILTER_FIELDS)),
    st.sampled_from(["eq", "ne", "in", "not_in", "is_null", "not_null"]),
    st.lists(TEXT, min_size=1, max_size=3).map(tuple),
)


@seeding.examples(150)
@given(
    st.lists(
        st.builds(
            TeamView,
            name=st.text(
                alphabet=st.characters(categories=("L", "N", "P", "S"), exclude_characters="|"), min_size=1, max_size=30
            ),
            period=st.sampled_from(["7d", "30d", "90d"]),
            filters=st.builds(
                Filters,
                where=st.lists(FILTER, max_size=3, unique_by=lambda each: (each.field, each.op)).map(tuple),
                definitions=st.dictionaries(TEXT, TEXT, max_size=3).map(lambda each: tuple(sorted(each.items()))),
            ),
        ),
        max_size=4,
        unique_by=lambda each: each.name,
    )
)
def test_what_is_written_is_read_back(views):
    found = read(to_bytes(views, 3))
    assert found.revision == 3 and not found.problems
    assert sorted(found.views, key=repr) == sorted(views, key=repr)


# ---- on a synced site ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    return synced_services(tmp_path_factory.mktemp("teams"), 240)


@pytest.fixture
def teams(services):
    for each in services.teams.list(services.snapshot()).views:
        services.teams.delete(each.name, services.snapshot())
    return services.teams


def test_views_side_by_side_have_the_numbers_that_they_have_alone(services, teams):
    first, second = (
        services.numbers.choices(services.snapshot()).of("project")[0][0],
        services.numbers.choices(services.snapshot()).of("project")[1][0],
    )
    teams.save(TeamView("One", "90d", filters=only(project=(first,))), services.snapshot())
    teams.save(
        TeamView("Two", "90d", filters=Filters(only(project=(second,)).where, (("durations", "inclusive_days"),))),
        services.snapshot(),
    )
    found = teams.compare(["Two", "One"], services.snapshot())
    assert [each.name for each in found.views] == ["Two", "One"]
    rows = {row.metric: row for row in found.rows}
    for place, view in enumerate(found.views):
        alone = {each.metric_name: each for each in services.numbers.values(services.view("90d", filters=view.filters))}
        assert {name: row.cells[place].value.value for name, row in rows.items()} == {
            n: v.value for n, v in alone.items()
        }
        assert rows["flow_time"].cells[place].used == alone["flow_time"].details["used"]
    differ = {name: [(each.title, each.words) for each in row.differences] for name, row in rows.items()}
    assert differ["flow_time"] == [("Durations", ("Whole days, both ends count", "Exact time"))]
    assert differ["flow_velocity"] == [] and differ["deployment_frequency"] == []


def test_two_to_six_views_are_compared(services, teams):
    teams.save(SHOP, services.snapshot())
    for chosen in (["Shop"], ["Shop"] * 7):
        with pytest.raises(TeamsError, match="Choose 2 to 6"):
            teams.compare(chosen, services.snapshot())
    with pytest.raises(NoSuchView, match="There are: “Shop”"):
        teams.compare(["Shop", "Nobody"], services.snapshot())


def test_a_view_that_cannot_be_measured_is_not_saved(services, teams):
    with pytest.raises(BadOverride):
        teams.save(
            TeamView("x", "7d", filters=Filters(definitions=(("durations", "fortnights"),))), services.snapshot()
        )
    with pytest.raises(PeriodError):
        teams.save(TeamView("x", None, "2026-02-01", "2026-01-01"), services.snapshot())
    with pytest.raises(BadView):
        teams.save(TeamView(" ", "7d"), services.snapshot())
    assert teams.list(services.snapshot()).views == ()


def test_export_and_import_keep_everything_and_dedupe_names(services, teams):
    teams.save(SHOP, services.snapshot())
    teams.save(TeamView("Büro & <b>", None, "2026-01-01", "2026-01-31", only(component=("Web",))), services.snapshot())
    text = teams.export(services.snapshot())
    assert teams.import_(text, services.snapshot()).duplicates == 2, "what is there already stays single"
    teams.delete("Shop", services.snapshot())
    teams.save(TeamView("Shop", "7d"), services.snapshot())
    done = teams.import_(text, services.snapshot())
    assert (done.added, done.duplicates, done.problems) == (("Shop (2)",), 1, ())
    assert (
        teams.get("Shop (2)", services.snapshot()).filters == SHOP.filters
        and teams.get("shop", services.snapshot()).period == "7d"
    )


def test_import_leaves_out_definitions_that_do_not_exist_here(services, teams):
    bad = {"name": "Old", "period": "7d", "definitions": {"durations": "fortnights"}}
    twice = [{"name": "New", "period": "7d"}, {"name": "new", "period": "30d"}]
    done = teams.import_(json.dumps({"views": [bad, *twice]}), services.snapshot())
    assert done.added == ("New", "new (2)")
    assert len(done.problems) == 1 and "fortnights" in done.problems[0]


def test_a_file_of_a_newer_version_is_neither_shown_nor_changed(tmp_path):
    path = tmp_path / "teams.json"
    content = json.dumps({"format": FORMAT + 1, "revision": 9, "views": [{"name": "theirs", "layout": "new"}]})
    path.write_text(content)
    store = TeamStore(path)
    found, problem = store.load()
    assert found.views == ()
    assert problem.level == "danger"
    assert f"has format {FORMAT + 1}; this version knows {FORMAT}" in problem.why
    assert "move the file away" in problem.todo
    view = TeamView("mine", "30d", None, None, Filters())
    for change in (lambda: store.save(view), lambda: store.delete("theirs"), lambda: store.add([view])):
        with pytest.raises(TeamsError, match="written by a newer version"):
            change()
    assert path.read_text() == content
    assert [each.name for each in tmp_path.iterdir() if "broken" in each.name or each.name.endswith(".bak")] == []


@pytest.mark.parametrize("said", ["x", 1.5, None, True, [1], 0, -1, "9" * 5000])
def test_a_format_that_is_no_number_is_told_and_the_file_is_kept(tmp_path, said):
    path = tmp_path / "teams.json"
    path.write_text(json.dumps({"format": said, "views": []}))
    _, problem = TeamStore(path).load()
    assert "which is no number" in problem.why
    assert len(problem.why) < 200
    assert "A copy is kept as teams.json.broken-" in problem.why
