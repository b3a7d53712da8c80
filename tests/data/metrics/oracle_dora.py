"""A second opinion on the five DORA metrics, in plain Python, from the definitions in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from tests.builders import Item
from tests.data.metrics.oracle import HOUR, Done, Question, Verdict, _tally, completion, quiet, status_before, stays

UNDATED = -(2**62)


@dataclass
class Candidate:
    """An issue or a version that may be a deployment, and why it is none."""

    at: int
    members: list[Item]  # its ticket, or the issues fixed in the version
    key: tuple = ()
    why: str = ""


@dataclass
class Deployed:
    """One deployment: the candidates that make it, and the incidents linked to it."""

    at: int
    parts: list[Candidate] = field(default_factory=list)
    incidents: list[Item] = field(default_factory=list)


def words(item: Item, name: str) -> set[str]:
    value = item.fields.get(name)
    return {each.strip().casefold() for each in ((value,) if isinstance(value, str) else value or ())}


def of_type(item: Item, names: Iterable[str]) -> bool:
    return item.type.casefold() in {name.casefold() for name in names}


def labelled(item: Item, names: Iterable[str]) -> bool:
    return bool({each.casefold() for each in item.labels} & {name.casefold() for name in names})


def by_versions(ask: Question) -> bool:
    source = ask.rules.deployment_source
    return source == "versions" or (source == "auto" and "deployment_date" not in ask.mapped)


def candidates(ask: Question) -> list[Candidate]:
    return _versions(ask) if by_versions(ask) else _tickets(ask)


def _versions(ask: Question) -> list[Candidate]:
    found = []
    for n, version in enumerate(ask.versions):
        if version.release_date is not None:
            when = ask.when(version.release_date)
            why = "" if version.released else "version not released"
            why = why or ("date in the future" if when > ask.now else "")
            found.append(Candidate(when, [each for each in ask.items if n in each.fix_versions], (n,), why))
        elif version.released:
            found.append(Candidate(UNDATED, [], (n,), "released version without a release date"))
    return found


def _tickets(ask: Question) -> list[Candidate]:
    found, production = [], {name.casefold() for name in ask.rules.production_environments}
    for n, item in enumerate(ask.items):
        when = ask.mapped_instant(item, "deployment_date")
        if when is None:
            continue
        where, why = words(item, "target_environment"), ""
        if ask.rules.deployment_types and not of_type(item, ask.rules.deployment_types):
            why = "not a deployment type"
        elif "target_environment" in ask.mapped and not where:
            why = "target environment is empty"
        elif "target_environment" in ask.mapped and not where & production:
            why = "not production"
        elif when > ask.now:
            why = "date in the future"
        one = (n,) if ask.rules.deployment_merge == "each_issue" else (item.project, frozenset(where), when)
        found.append(Candidate(when, [item], one, why))
    return found


def is_incident(item: Item, ask: Question) -> bool:
    known = ask.mapped_instant(item, "incident_detected_at") is not None
    known = known or of_type(item, ask.rules.incident_types) or labelled(item, ask.rules.incident_labels)
    components = {each.casefold() for each in item.components}
    known = known or bool(components & {each.casefold() for each in ask.rules.incident_components})
    return known and ask.when(item.created) <= ask.now


def detected(item: Item, ask: Question) -> int | None:
    if "incident_detected_at" in ask.mapped:
        return ask.mapped_instant(item, "incident_detected_at")
    return ask.when(item.created)


def resolved(item: Item, ask: Question) -> int | None:
    end = ask.mapped_instant(item, "incident_resolved_at")
    if end is None:
        end = entered_an_end(item, ask)
    if end is None:
        done = completion(item, ask, ask.now + 1)
        end = done.at if done else None
    return end if end is not None and end <= ask.now else None


def entered_an_end(item: Item, ask: Question) -> int | None:
    """When it entered one of the statuses that end incidents, the last or the first time."""
    ends = set(ask.rules.incident_end_statuses)
    found = [b[1] for a, b in pairwise(stays(item, ask)) if b[0] in ends and a[0] not in ends and b[1] <= ask.now]
    return None if not found else found[0] if ask.rules.completion == "first" else found[-1]


def given_up(item: Item, ask: Question) -> str:
    """Why an incident was closed without being resolved; empty where it was not."""
    known = [stay for stay in stays(item, ask) if stay[1] <= ask.now]
    if known and known[-1][0] in ask.discarded:
        return f"discarded in status {ask.names[known[-1][0]]}"
    refused = folded(ask.rules.not_completed_resolutions)
    return f"resolution {item.resolution}" if item.resolution and item.resolution.casefold() in refused else ""


def resolved_plain(item: Item, ask: Question) -> bool:
    if ask.mapped_instant(item, "incident_resolved_at") is not None:
        return "incident_resolved_at" in ask.plain
    if entered_an_end(item, ask) is not None:
        return False
    return "work_completed_date" in ask.plain and ask.mapped_instant(item, "work_completed_date") is not None


def deployments(ask: Question) -> list[Deployed]:
    """All deployments, whatever the period, with their incidents."""
    found: dict[tuple, Deployed] = {}
    for each in candidates(ask):
        if not each.why:
            found.setdefault(each.key, Deployed(each.at)).parts.append(each)
    causes = {phrase.casefold() for phrase in ask.rules.incident_links}
    happened = [item for item in ask.items if is_incident(item, ask)]
    for one in found.values():
        members = {id(item) for part in one.parts for item in part.members}
        one.incidents = [
            item
            for item in happened
            if any(p in causes and other >= 0 and id(ask.items[other]) in members for p, other in item.links)
        ]
    return list(found.values())


def counted(ask: Question) -> tuple[int, dict[str, int]]:
    """Candidates of the period; a released version without a date is left out of every one."""
    return _tally(each.why for each in candidates(ask) if each.at == UNDATED or ask.inside(each.at))


def no_source(ask: Question) -> bool:
    if by_versions(ask):
        return all(each.release_date is None for each in ask.versions)
    return "deployment_date" not in ask.mapped


def deployment_frequency(ask: Question) -> Verdict:
    total, left_out = counted(ask)
    if no_source(ask):
        return Verdict("missing_mapping", None, total, left_out)
    count = sum(ask.inside(each.at) for each in deployments(ask))
    if not count and quiet(ask):
        return Verdict("no_data", None, total, left_out)
    return Verdict("success", count / ((ask.last - ask.first).days + 1), total, left_out)


def project(one: Deployed, ask: Question) -> str:
    part = one.parts[0]
    return ask.versions[part.key[0]].project if by_versions(ask) else part.members[0].project


def same_project(item: Item, one: Deployed, ask: Question) -> bool:
    return item.project == project(one, ask)


def latest_before(item: Item, ask: Question) -> int | None:
    """When the latest deployment of the incident's project before it was, if that was within the window."""
    began = detected(item, ask) if is_incident(item, ask) else None
    if began is None:
        return None
    earlier = [each.at for each in deployments(ask) if same_project(item, each, ask) and each.at <= began]
    limit = ask.rules.failure_window_hours * HOUR
    return max((at for at in earlier if began - at <= limit), default=None) if earlier else None


def folded(names: Iterable[str]) -> set[str]:
    return {name.strip().casefold() for name in names}


def outcome(one: Deployed, ask: Question, sources: set[str]) -> bool | str:
    """True: failed, False: worked, a text: nobody knows, and why."""
    tickets = [] if by_versions(ask) else [item for part in one.parts for item in part.members]
    rules = ask.rules
    said = [words(item, "deployment_successful") for item in tickets]
    hurt = [words(item, "production_impact") for item in tickets]
    failed = any(answer & folded(rules.failure_words) for answer in said)
    if "success" in sources and rules.empty_success_means == "no":
        failed = failed or any(not answer for answer in said)
    failed = failed or any(answer & folded(rules.impact_words) for answer in hurt)
    failed = failed or bool(one.incidents)
    if "window" in sources:
        failed = failed or any(one.at == latest_before(item, ask) for item in ask.items if same_project(item, one, ask))
    if failed:
        return True
    for name, answers, known in (
        ("deployment successful", said, folded(rules.success_words)),
        ("production impact", hurt, folded(rules.no_impact_words)),
    ):
        for item, answer in zip(tickets, answers, strict=True):
            if answer and not answer & known:
                value = item.fields[name.replace(" ", "_")]
                shown = value if isinstance(value, str) else ", ".join(value)
                return f"{name} “{shown}” is in no list of words"
    return "outcome unknown (deployment successful is empty)" if sources == {"success"} and not any(said) else False


def evidence(ask: Question) -> set[str]:
    sources = set()
    if not by_versions(ask):
        sources |= {"success"} if "deployment_successful" in ask.mapped else set()
        sources |= {"impact"} if "production_impact" in ask.mapped else set()
    if any(each.incidents for each in deployments(ask)):
        sources.add("links")
    if ask.rules.failure_window_hours and any(is_incident(item, ask) for item in ask.items):
        sources.add("window")
    return sources


def change_failure_rate(ask: Question) -> Verdict:
    sources = evidence(ask)
    total, left_out = counted(ask)
    if no_source(ask):
        return Verdict("missing_mapping", None, total, left_out)
    if not sources:
        return Verdict("missing_mapping", None)
    results = [(one, outcome(one, ask, sources)) for one in deployments(ask) if ask.inside(one.at)]
    left_out = dict(left_out)
    for one, why in results:
        if isinstance(why, str):
            left_out[why] = left_out.get(why, 0) + len(one.parts)
    known = [failed for _, failed in results if isinstance(failed, bool)]
    if not known:
        return Verdict("no_data", None, total, left_out)
    return Verdict("success", 100 * sum(known) / len(known), total, left_out)


def deployment_rework_rate(ask: Question) -> Verdict:
    rules = ask.rules
    rule = rules.rework_version_types if by_versions(ask) else [*rules.rework_types, *rules.rework_labels]
    total, left_out = counted(ask)
    if no_source(ask):
        return Verdict("missing_mapping", None, total, left_out)
    if not rule:
        return Verdict("missing_mapping", None)
    found = [each for each in deployments(ask) if ask.inside(each.at)]
    if not found:
        return Verdict("no_data", None, total, left_out)
    return Verdict("success", 100 * sum(_is_rework(each, ask) for each in found) / len(found), total, left_out)


def _is_rework(one: Deployed, ask: Question) -> bool:
    members = [item for part in one.parts for item in part.members]
    if by_versions(ask):
        return bool(members) and all(of_type(item, ask.rules.rework_version_types) for item in members)
    return any(of_type(item, ask.rules.rework_types) or labelled(item, ask.rules.rework_labels) for item in members)


# ---- lead time ---------------------------------------------------------------------------------------------------


def first_deployed(place: int, ask: Question) -> tuple[int, bool] | None:
    """When an issue first reached production, and whether that is a plain date."""
    item = ask.items[place]
    mapped = ask.mapped_instant(item, "deployed_to_production_date")
    if mapped is not None and mapped <= ask.now:
        return mapped, "deployed_to_production_date" in ask.plain
    released = [ask.versions[n] for n in item.fix_versions]
    dates = [ask.when(each.release_date) for each in released if each.released and each.release_date]
    if dates and min(dates) <= ask.now:
        return min(dates), True
    if by_versions(ask):
        return None
    linked = {other for _, other in item.links}
    linked |= {n for n, each in enumerate(ask.items) if any(other == place for _, other in each.links)}
    tickets = {id(ask.items[n]) for n in linked if n >= 0}
    when = [each.at for each in candidates(ask) if not each.why and id(each.members[0]) in tickets]
    return (min(when), "deployment_date" in ask.plain) if when else None


def _began(item: Item, ask: Question) -> tuple[int | None, bool, str]:
    """When work on a change began, whether that is a plain date, and why it is not known."""
    if "code_commit_date" in ask.mapped:
        when = ask.mapped_instant(item, "code_commit_date")
        return when, "code_commit_date" in ask.plain, "code commit date is empty"
    mapped = ask.mapped_instant(item, "work_started_date")
    if mapped is not None:
        return mapped, "work_started_date" in ask.plain, ""
    history = stays(item, ask)
    known = [stay for stay in history if stay[1] <= ask.now]
    role = ask.discarded if known and known[-1][0] in ask.discarded else ask.done
    crossed = any(b[0] in role and a[0] not in role for a, b in pairwise(known))
    if known and known[-1][0] in role and not crossed:
        return None, False, "no history"
    return min((a for s, a, _ in history if s in ask.progress), default=None), False, "never in progress"


def lead_time_for_changes(ask: Question) -> Verdict:
    arrivals = [first_deployed(n, ask) for n in range(len(ask.items))]
    if "deployed_to_production_date" not in ask.mapped and not any(arrivals):
        return Verdict("missing_mapping", None)
    reasons, spans = [], []
    for item, arrival in zip(ask.items, arrivals, strict=True):
        dated = ask.mapped_instant(item, "deployment_date") is not None
        types = ask.rules.deployment_types
        if item.hierarchy < 0 or (of_type(item, types) if types else dated):
            continue
        done: Done | None = None if arrival else completion(item, ask, ask.now + 1)
        when = arrival[0] if arrival else done.at if done else None
        if not ask.inside(when):
            continue
        began, plain, why = _began(item, ask)
        status = status_before(item, ask.now + 1, ask)
        gone = ask.names[status] if status in ask.discarded else ""
        if not arrival:
            why = "no deployment found"
        elif began is not None:
            plain = plain or arrival[1]
            late = ask.day(began) > ask.day(when) if plain else began > when
            why = "deployed before it was started" if late else ""
            spans += [] if late or gone else [ask.span(began, when, plain)]
        reasons.append(f"discarded in status {gone}" if gone else why)
    total, left_out = _tally(reasons)
    value = ask.percentile(spans, 50)
    return Verdict("no_data" if value is None else "success", value, total, left_out)


# ---- recovery ----------------------------------------------------------------------------------------------------


def mean_time_to_recovery(ask: Question) -> Verdict:
    happened = [item for item in ask.items if is_incident(item, ask)]
    if "incident_detected_at" not in ask.mapped and not happened:
        return Verdict("missing_mapping", None)
    broken = [each for each in deployments(ask) if each.incidents]
    tied = {id(item) for each in broken for item in each.incidents}
    reasons, hours = [], []

    def recovery(start: int | None, end: int | None, plain: bool, wrong: str, gone: str = "") -> None:
        if not ask.inside(end):
            return
        if gone or start is None:
            reasons.append(gone or "incident detection time is empty")
            return
        days = (ask.day(end) - ask.day(start)).days if plain else (end - start) / 24 / HOUR
        reasons.append(wrong if days < 0 else "")
        hours.extend([24 * days] if days >= 0 else [])

    for each in broken:
        real = [item for item in each.incidents if not given_up(item, ask)] or each.incidents
        ends = [resolved(item, ask) for item in real]
        plain = by_versions(ask) or "deployment_date" in ask.plain
        plain = plain or any(resolved_plain(item, ask) for item in each.incidents)
        if None not in ends:
            latest = max(range(len(ends)), key=lambda n: ends[n])
            recovery(each.at, ends[latest], plain, "resolved before the deployment", given_up(real[latest], ask))
    for item in happened:
        end = resolved(item, ask)
        if broken:
            if id(item) not in tied and ask.inside(end):
                reasons.append(given_up(item, ask) or "incident not linked to a deployment")
            continue
        plain = resolved_plain(item, ask) or "incident_detected_at" in ask.plain
        recovery(detected(item, ask), end, plain, "resolved before it was detected", given_up(item, ask))
    total, left_out = _tally(reasons)
    if not hours:
        return Verdict("no_data", None, total, left_out)
    value = median(hours) if ask.rules.percentile == "linear" else ask.percentile(hours, 50)
    return Verdict("success", value, total, left_out)


DORA: dict[str, Callable[[Question], Verdict]] = {
    each.__name__: each
    for each in (
        deployment_frequency,
        lead_time_for_changes,
        change_failure_rate,
        mean_time_to_recovery,
        deployment_rework_rate,
    )
}
