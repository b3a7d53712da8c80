"""The generated site: the same from the same seed, complete, and never ahead of its time."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from data.settings.fields import FIELDS
from data.settings.model import Settings
from sample.company import CUSTOM_FIELDS, ID, STATUSES
from sample.generator import generate
from sample.preset import preset
from sample.query import microseconds
from sample.site import SampleError, Site
from tests.some import some

UNTIL = date(2026, 10, 31)


@pytest.fixture(scope="module")
def site() -> Site:
    return generate(800, seed=1, until=UNTIL)


def _json(site: Site) -> bytes:
    return msgspec.json.encode([(issue.to_dict(), issue.comments.tolist()) for issue in site.issues])


def _status_changes(issue) -> list[tuple[int, str, str]]:  # type: ignore[no-untyped-def]
    return [
        (microseconds(history["created"]), item["from"], item["to"])
        for history in issue.changes()
        for item in history["items"]
        if item["field"] == "status"
    ]


def test_the_same_seed_gives_the_same_site() -> None:
    assert _json(generate(120, 7, UNTIL)) == _json(generate(120, 7, UNTIL))


def test_some_issues_have_comments_and_a_few_have_pages_of_them(site: Site) -> None:
    counts = [len(issue.comments) // 2 for issue in site.issues]
    assert 0.15 < sum(count == 0 for count in counts) / len(counts) < 0.5
    assert 1.5 < sum(counts) / len(counts) < 4
    assert sum(count > 20 for count in counts) >= 2 and max(counts) > 100
    for issue in site.issues:
        instants = [at * 1_000_000 for at in issue.comments[::2]]
        assert instants == sorted(instants)
        if instants:
            assert microseconds(issue.fields["created"]) < instants[0]
            assert instants[-1] < microseconds(issue.fields["updated"]) + 1_000_000
    assert len({person for issue in site.issues for person in issue.comments[1::2]}) > 20


def test_another_seed_gives_another_site() -> None:
    assert _json(generate(120, 7, UNTIL)) != _json(generate(120, 8, UNTIL))


@pytest.mark.parametrize("count", [50, 51, 333, 2000])
def test_a_site_has_exactly_as_many_issues_as_asked(count: int) -> None:
    made = generate(count, 3, UNTIL)
    assert len(made.issues) == len(made.by_id) == len(made.by_key) == count


@pytest.mark.parametrize("count", [-1, 0, 49, 500_001])
def test_impossible_sizes_are_refused(count: int) -> None:
    with pytest.raises(SampleError, match="50 to 500000"):
        generate(count, 1, UNTIL)


@pytest.mark.parametrize(
    "moment", ["2026-10-31T09:15:00+00:00", "2026-10-31T00:00:30+01:00", "2026-11-02T12:00:00+00:00"]
)
def test_nothing_happens_after_now(moment: str) -> None:
    now = datetime.fromisoformat(moment)
    made = generate(300, 2, UNTIL, now=now)
    limit = min(now, datetime(2026, 10, 31, 23, 0, tzinfo=UTC)).timestamp() * 1e6
    for issue in some(made.issues, 100):
        instants = [value for name, value in issue.fields.items() if _is_instant(value) and name != "duedate"]
        instants += [history["created"] for history in issue.changes()]
        assert max(microseconds(text) for text in instants) <= limit + 999_000, issue.key


def _is_instant(value: object) -> bool:
    return isinstance(value, str) and len(value) == 28 and value[10] == "T"


def test_the_hour_of_the_day_changes_only_what_lies_after_it() -> None:
    morning = generate(200, 2, UNTIL, now=datetime(2026, 10, 31, 7, tzinfo=UTC))
    evening = generate(200, 2, UNTIL, now=datetime(2026, 10, 31, 20, tzinfo=UTC))
    assert [issue.key for issue in morning.issues] == [issue.key for issue in evening.issues]


def test_histories_are_a_path_that_ends_in_the_present_status(site: Site) -> None:
    for issue in some(site.issues, 100):
        changes = _status_changes(issue)
        assert changes == sorted(changes, key=lambda each: each[0]), issue.key
        assert all(before[2] == after[1] for before, after in itertools.pairwise(changes)), issue.key
        if changes:
            assert changes[-1][2] == issue.fields["status"]["id"], issue.key
            assert changes[0][0] > microseconds(issue.fields["created"]), issue.key


def test_some_projects_are_done_when_merged_and_others_when_live(site: Site) -> None:
    """So the way from done to production takes time in one of them, and none in the others."""
    ahead: dict[str, list[bool]] = {}
    for issue in site.issues:
        live = issue.fields.get(ID["Live in production since"])
        entered = [at for at, _, to in _status_changes(issue) if to in DONE_STATUSES]
        if live and entered:
            project = issue.fields["project"]["key"]
            ahead.setdefault(project, []).append(entered[0] < microseconds(live))
    share = {project: sum(each) / len(each) for project, each in ahead.items() if len(each) > 9}
    assert share["OPS"] > 0.9 and share["SHOP"] == share["PAY"] == 0, share


def test_done_issues_and_only_they_have_a_resolution(site: Site) -> None:
    for issue in some(site.issues, 100):
        done = issue.fields["status"]["statusCategory"]["key"] == "done"
        assert done == bool(issue.fields["resolution"]) == bool(issue.fields["resolutiondate"]), issue.key


def test_every_custom_field_is_set_somewhere(site: Site) -> None:
    unset = [
        row["name"] for number, row in CUSTOM_FIELDS.items() if not any(number in each.fields for each in site.issues)
    ]
    assert unset == []


@pytest.mark.parametrize(
    ("real", "decoy"), [("Story Points", "Original story points"), ("Deployment Date", "Deployment Date (old)")]
)
def test_decoys_are_set_far_less_often(site: Site, real: str, decoy: str) -> None:
    count = {name: sum(ID[name] in issue.fields for issue in site.issues) for name in (real, decoy)}
    assert 0 < count[decoy] < count[real] / 3


def test_workflows_go_back_block_reopen_and_end_without_a_result(site: Site) -> None:
    names = {row["id"]: row["name"] for row in site.statuses}
    moves = {(names[before], names[after]) for issue in site.issues for _, before, after in _status_changes(issue)}
    assert ("In Review", "In Progress") in moves
    assert ("In Progress", "Blocked") in moves
    assert ("Done", "In Progress") in moves
    assert ("Resolved", "Closed") in moves
    flags = [
        item
        for issue in site.issues
        for each in issue.changes()
        for item in each["items"]
        if item["field"] == "Flagged"
    ]
    assert {item["toString"] for item in flags} == {"Impediment", ""}
    resolutions = {(issue.fields["resolution"] or {}).get("name") for issue in site.issues}
    assert {"Done", "Won't Do", "Duplicate", None} <= resolutions


def test_incidents_name_the_deployment_that_caused_them_and_the_other_way_round(site: Site) -> None:
    pairs = 0
    for issue in site.issues:
        for link in issue.fields.get("issuelinks", []):
            side = "inwardIssue" if "inwardIssue" in link else "outwardIssue"
            other = site.by_key[link[side]["key"]]
            opposite = {"inwardIssue": "outwardIssue", "outwardIssue": "inwardIssue"}[side]
            back = [row for row in other.fields["issuelinks"] if row["id"] == link["id"]]
            assert [row[opposite]["key"] for row in back] == [issue.key]
            if issue.fields["issuetype"]["name"] == "Incident" and link["type"]["inward"] == "is caused by":
                assert side == "inwardIssue"
                assert other.fields["issuetype"]["name"] == "Deployment"
                pairs += 1
    assert pairs >= 10


def test_versions_are_released_on_days_that_have_passed(site: Site) -> None:
    rows = [version for project in site.projects for version in project["versions"]]
    assert all(row["released"] == (row["releaseDate"] <= UNTIL.isoformat()) for row in rows if "releaseDate" in row)
    assert {row["released"] for row in rows} == {True, False}
    assert any("releaseDate" not in row for row in rows)


def test_sprints_are_closed_active_and_future(site: Site) -> None:
    for board in some(site.boards, 3):
        mine = [row for row in site.sprints if row["boardId"] == board["id"]]
        if board["type"] == "kanban":
            assert mine == []
        else:
            assert [row["state"] for row in mine][-2:] == ["active", "future"]
            assert {row["state"] for row in mine[:-2]} == {"closed"}


def _sprint_story(issue) -> tuple[list[tuple[int, set[int]]], list[tuple[int, bool]]]:  # type: ignore[no-untyped-def]
    """(instant, sprints it is in then), and (instant, whether it is done then), in order of time."""
    created, inside, done = microseconds(issue.fields["created"]), [], []
    for history in issue.changes():
        for item in history["items"]:
            if item["field"] == "Sprint":
                now = {int(each) for each in item.get("to", "").split(", ") if each}
                inside.append((microseconds(history["created"]), now))
            elif item["field"] == "status":
                done.append((microseconds(history["created"]), item["to"] in DONE_STATUSES))
    return [(created, set()), *inside], [(created, False), *done]


DONE_STATUSES = {row["id"] for row in STATUSES.values() if row["statusCategory"]["key"] == "done"}


def _at(story: list[tuple], instant: int):  # type: ignore[no-untyped-def]
    return next((state for when, state in reversed(story) if when < instant), None)


@pytest.mark.parametrize(("count", "seed"), [(800, 1), (800, 5), (2000, 2)])
def test_sprints_are_planned_like_those_of_real_teams(count: int, seed: int) -> None:
    """A tenth to a quarter comes in after the start, a tenth to a third is carried over, something is taken out."""
    made = generate(count, seed, UNTIL)
    stories = [_sprint_story(issue) for issue in made.issues]
    names = ("committed", "added", "removed", "spilled", "completed")
    boards = {row["id"]: dict.fromkeys(names, 0) for row in made.boards}
    for row in made.sprints:
        if row["state"] != "closed":
            continue
        told = boards[row["boardId"]]
        start, close = microseconds(row["startDate"]), microseconds(row["completeDate"])
        for inside, done in stories:
            begin, end = row["id"] in (_at(inside, start) or ()), row["id"] in (_at(inside, close) or ())
            planned, finished = begin and not _at(done, start), bool(_at(done, close))
            told["committed"] += planned
            told["added"] += end and not begin
            told["removed"] += planned and not end
            told["spilled"] += planned and end and not finished
            told["completed"] += end and finished
    told = {name: sum(each[name] for each in boards.values()) for name in names}
    committed = told["committed"]
    assert committed > 0.12 * count, told
    for each in boards.values():
        assert each["completed"] <= 1.1 * each["committed"], boards
        assert each["added"] <= 0.3 * each["committed"], boards
        assert 0.05 * each["committed"] <= each["spilled"] <= 0.4 * each["committed"], boards
    assert 0.10 <= told["added"] / committed <= 0.25, told
    assert 0.10 <= told["spilled"] / committed <= 0.30, told
    assert 0 < told["removed"] / committed <= 0.10, told
    assert 0.65 <= told["completed"] / committed <= 1.1, told


def test_types_have_levels_and_parents_fit_them(site: Site) -> None:
    levels = {row["name"]: row["hierarchyLevel"] for row in site.issue_types}
    assert (levels["Epic"], levels["Story"], levels["Sub-task"]) == (1, 0, -1)
    for issue in site.issues:
        if issue.fields["issuetype"]["name"] == "Sub-task":
            assert levels[issue.fields["parent"]["fields"]["issuetype"]["name"]] == 0


def test_numbers_that_come_out_are_those_of_a_real_team(site: Site) -> None:
    evening = microseconds("2026-10-31T23:59:59.000+0100")
    recent = [
        issue
        for issue in site.issues
        if ID["Deployment Date"] in issue.fields
        and microseconds(issue.fields[ID["Deployment Date"]]) > evening - 90 * 86_400_000_000
        and issue.fields.get(ID["Target Environment"], {}).get("value") == "Production"
    ]
    failed = [
        issue for issue in recent if issue.fields.get(ID["Production impact"], {"value": "None"})["value"] != "None"
    ]
    assert 2 <= len(recent) / (90 / 7) <= 8
    assert 0.03 <= len(failed) / len(recent) <= 0.25
    leads = [
        microseconds(issue.fields[ID["Live in production since"]]) - microseconds(issue.fields[ID["Commit date"]])
        for issue in site.issues
        if ID["Live in production since"] in issue.fields and ID["Commit date"] in issue.fields
    ]
    assert min(leads) > 0
    assert 1 <= sorted(leads)[len(leads) // 2] / 86_400_000_000 <= 14


def test_the_last_days_have_data_too() -> None:
    made = generate(800, 1, UNTIL)
    evening = datetime(2026, 10, 31, 23, tzinfo=UTC)
    week = (evening - timedelta(days=7)).timestamp() * 1e6
    assert sum(microseconds(issue.fields["updated"]) > week for issue in made.issues) > 10


DAY = 86_400_000_000


def _spans(site: Site) -> list[tuple[int, int | None]]:
    """(begun, done or None) of every item of work that was begun, in microseconds."""
    levels = {row["name"]: row["hierarchyLevel"] for row in site.issue_types}
    category = {row["id"]: row["statusCategory"]["key"] for row in site.statuses}
    spans = []
    for issue in site.issues:
        kind = issue.fields["issuetype"]["name"]
        if levels[kind] or kind in ("Deployment", "Incident"):
            continue
        begun = done = None
        for at, _, after in _status_changes(issue):
            if category[after] == "done":
                done = done or at
            else:
                begun, done = begun or at, None
        if begun is not None:
            spans.append((begun, done))
    return spans


@pytest.mark.parametrize(("count", "seed", "until"), [(800, 1, UNTIL), (2000, 1, date(2026, 11, 19)), (2000, 5, UNTIL)])
def test_the_site_ends_amid_work_and_some_of_it_is_stuck(count: int, seed: int, until: date) -> None:
    """Not less is in progress than in the weeks before, and a few items are older than 85 % of the finished ones."""
    spans = _spans(generate(count, seed, until))
    end = microseconds(f"{until}T23:59:59.000+0100")

    def load(at: int) -> int:
        return sum(begun <= at and (done is None or done > at) for begun, done in spans)

    before = [load(end - week * 7 * DAY) for week in range(1, 7)]
    assert load(end) >= 0.85 * sum(before) / len(before), (before, load(end))
    times = sorted(done - begun for begun, done in spans if done is not None and done > end - 90 * DAY)
    ages = [end - begun for begun, done in spans if done is None]
    assert 3 <= sum(age > times[int(len(times) * 0.85)] for age in ages) <= 8


def test_the_preset_maps_every_dora_field_to_one_that_exists(site: Site) -> None:
    patch = preset(site)
    mappings = patch["dora_flow_config"]["field_mappings"]
    assert set(mappings["dora"]) == {name for name, row in FIELDS.items() if row.family == "dora"}
    assert set(mappings["jtbd"]) == {name for name, row in FIELDS.items() if row.family == "jtbd"}
    assert {number for part in mappings.values() for number in part.values()} <= set(site.field_ids)
    known = {row["id"] for row in site.statuses}
    assert set(patch["workflow"]["active"]) <= known
    assert Settings.model_validate(patch).mapping
