"""Changes on their way to production: when work on each began and when it was first deployed."""

from __future__ import annotations

import numpy as np

from data.facts.columns import DAY_PRECISION, STARTED, Column, Kind, Subject, fact
from data.facts.completions import completions, days_out, drop_discarded
from data.facts.dataset import Dataset
from data.facts.days import backwards, spans
from data.facts.deployment_set import Deployments, join, version_instants
from data.facts.deployments import deployments
from data.facts.reported import deployed_issues, from_jira, from_reports
from data.facts.reported_changes import reported_changes
from data.facts.rows import Rows, Sieve, joined
from data.tables.frames import FOREVER, NEVER
from data.values.arrays import Instants, Mask, Positions
from data.values.exclusion import Exclusion


@fact(
    "changes",
    Column("days", Kind.NUMBER, "from commit (or start of work) to first deployment, by the day rule in force", "days"),
    Column("exact_days", Kind.NUMBER, "the same as exact time", "days"),
    DAY_PRECISION,
    STARTED,
    Column("completed", Kind.INSTANT, "when it was first deployed"),
    title="Changes",
    at="first deployment; completion, where none is found",
    subjects=(Subject.ISSUE, Subject.CHANGE),
)
def change_rows(facts: Dataset) -> Rows:
    """Changes at their first deployment (those without one: at their completion). Columns: days, exact_days, started,
    completed.
    """
    return _of_issues(facts) if not from_reports(facts) else _with_reported(facts)


def _of_issues(facts: Dataset) -> Rows:
    deployed, plain = facts.once(first_deployed)
    found = facts.once(completions)
    # Where reports alone count, nobody expects one for every issue.
    when = np.where((deployed != NEVER) | (not from_jira(facts)), deployed, found.completed)
    tickets = np.zeros(len(when), dtype=bool)
    dates = facts.field("deployment_date")
    if facts.definitions.deployment_types:
        tickets = facts.of_type(facts.definitions.deployment_types)
    elif dates is not None:
        tickets = dates != NEVER
    level = facts.tables.issues["hierarchy"].to_numpy()
    issue = np.flatnonzero((when != NEVER) & (when <= facts.now) & facts.chosen & ~tickets & (level >= 0))
    commit = facts.field("code_commit_date")
    began = found.started if commit is None else commit
    begin, end = began[issue], deployed[issue]
    precise = plain[issue].copy()
    if commit is not None and facts.date_only("code_commit_date"):
        precise |= begin != NEVER
    elif commit is None and facts.date_only("work_started_date"):
        precise |= found.by_start_field[issue]
    sieve = Sieve(len(issue))
    drop_discarded(facts, found, issue, sieve)
    facts.drop_unreadable(sieve, "deployed_to_production_date", issue)
    sieve.drop(end == NEVER, Exclusion.NO_DEPLOYMENT)
    facts.drop_unreadable(sieve, "code_commit_date", issue)
    if commit is None:
        sieve.drop((begin == NEVER) & found.unrecorded[issue], Exclusion.NO_HISTORY).drop(
            begin == NEVER, Exclusion.NEVER_IN_PROGRESS
        )
    sieve.drop(begin == NEVER, Exclusion.NO_COMMIT_DATE)
    rule = facts.definitions
    exact = spans(begin, end, precise, definition="exact", zone=facts.zone)
    days = exact
    if rule.durations != "exact":
        days = spans(begin, end, precise, definition=rule.durations, zone=facts.zone, working=rule.working_time)
    if commit is None and rule.backward_moves == "pause":
        exact = exact - days_out(facts, facts.back, issue, begin, end, precise, "exact")
        days = days - days_out(facts, facts.back, issue, begin, end, precise)
    sieve.drop(backwards(begin, end, precise, facts.zone), Exclusion.DEPLOYED_BEFORE_STARTED)
    return sieve.rows(
        when[issue], issue, days=days, exact_days=exact, started=begin, completed=end, day_precision=precise
    )


def _with_reported(facts: Dataset) -> Rows:
    """The changes that reports name, and the issues of those that name none. An issue of which Jira knows the
    deployment is counted by that alone.
    """
    known = np.zeros(len(facts.tables), dtype=bool)
    if from_jira(facts):
        for when in (_by_field(facts)[0], _by_version(facts), _by_link(facts)):
            known |= (when != NEVER) & (when <= facts.now)
    changes, named = reported_changes(facts, known)
    issues = _of_issues(facts)
    return joined([issues.take(~named[issues.issue]), changes])


def first_deployed(facts: Dataset) -> tuple[Instants, Mask]:
    """Per issue: first deployment (µs, NEVER) and whether that is a plain date.

    The mapped date, else the earliest release among its released fix versions, else the earliest production deployment
    that it is linked to, else the earliest one whose report names it.
    """
    count = len(facts.tables)
    out = np.full(count, NEVER, dtype=np.int64)
    plain = np.zeros(count, dtype=bool)
    jira = (_by_field(facts), (_by_version(facts), True), (_by_link(facts), facts.date_only("deployment_date")))
    reported = ((_by_report(facts), False),) if from_reports(facts) else ()
    for when, by_day in (*(jira if from_jira(facts) else ()), *reported):
        fresh = (out == NEVER) & (when != NEVER) & (when <= facts.now)
        out[fresh] = when[fresh]
        plain[fresh] = by_day
    return out, plain


def _by_field(facts: Dataset) -> tuple[Instants, bool]:
    field = facts.field("deployed_to_production_date")
    return (np.full(len(facts.tables), NEVER, dtype=np.int64) if field is None else field), facts.date_only(
        "deployed_to_production_date"
    )


def _earliest(count: int, issue: Positions, at: Instants) -> Instants:
    out = np.full(count, FOREVER, dtype=np.int64)
    np.minimum.at(out, issue, at)
    out[out == FOREVER] = NEVER
    return out


def _by_version(facts: Dataset) -> Instants:
    fixed, versions = facts.tables.fix_versions, facts.tables.versions
    released = np.where(versions["released"].to_numpy(), facts.once(version_instants), NEVER)
    at = released[fixed["version"].to_numpy()]
    return _earliest(len(facts.tables), fixed["issue"].to_numpy()[at != NEVER], at[at != NEVER])


def _by_report(facts: Dataset) -> Instants:
    found: Deployments = facts.once(deployments)
    place, issue = facts.once(deployed_issues)
    group = found.groups_of_reports(facts)[place]
    return _earliest(len(facts.tables), issue[group >= 0], found.group_at[group[group >= 0]])


def _by_link(facts: Dataset) -> Instants:
    found: Deployments = facts.once(deployments)
    if not found.tickets or not found.count:
        return np.full(len(facts.tables), NEVER, dtype=np.int64)
    links = facts.tables.links
    here = links["other"].to_numpy() >= 0
    issue, other = links["issue"].to_numpy()[here], links["other"].to_numpy()[here]
    used = (found.group >= 0) & (found.issue >= 0)
    tickets, group = found.issue[used].astype(np.int64), found.group[used]
    # A link may be held on either side only.
    issue, group = join(np.concatenate((issue, other)), np.concatenate((other, issue)), tickets, group)
    return _earliest(len(facts.tables), issue, found.group_at[group])
