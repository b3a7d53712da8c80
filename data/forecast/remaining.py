"""What is still to be done of a version or an epic."""

from __future__ import annotations

import numpy as np

from data.facts.completions import completions, drop_discarded
from data.facts.dataset import Dataset
from data.facts.levels import of_level
from data.tables.frames import NEVER
from data.values.arrays import Positions
from data.values.forecast import ForecastRefused, Remaining
from data.values.names import name_key, places_of

NAMED = 8  # names that a message lists


def of_version(facts: Dataset, name: str) -> Remaining:
    """Issues of the fix version of that name (any case; in every project that the filters let through).

    Raises ForecastRefused when there is no such version, or nothing of it is left.
    """
    versions = facts.tables.versions
    chosen = places_of([name], versions["name"])
    chosen = [n for n in chosen if facts.filters.allows("project", str(versions["project"].iloc[n]))]
    if not chosen:
        raise ForecastRefused(f"There is no version {name!r} in the data.", _open_versions(facts))
    pairs = facts.tables.fix_versions
    issue = np.unique(pairs["issue"].to_numpy()[np.isin(pairs["version"].to_numpy(), chosen)])
    projects = sorted({str(versions["project"].iloc[n]) for n in chosen})
    where = f" of {', '.join(projects)}" if len(projects) > 1 else ""
    return _remaining(facts, f"Version {versions['name'].iloc[chosen[0]]}{where}", issue)


def left_of_versions(facts: Dataset) -> dict[str, int]:
    """Name of each version that is not released → items of it that are not done, where there are any."""
    level = facts.tables.issues["hierarchy"].to_numpy()
    completed = facts.once(completions).completed
    left = (
        facts.chosen & ~facts.role_at(facts.now, facts.roles.ended) & ((completed == NEVER) | (completed > facts.now))
    )
    if not facts.definitions.all_levels:
        left &= level == 0
    versions, pairs = facts.tables.versions, facts.tables.fix_versions
    counts = np.bincount(pairs["version"].to_numpy()[left[pairs["issue"].to_numpy()]], minlength=len(versions))
    found: dict[str, int] = {}
    for name, project, released, n in zip(
        versions["name"], versions["project"], versions["released"], counts.tolist(), strict=True
    ):
        if n and not released and facts.filters.allows("project", str(project)):
            found[str(name)] = found.get(str(name), 0) + n
    return found


def _open_versions(facts: Dataset) -> str:
    versions = facts.tables.versions
    names = [
        str(name)
        for name, project, released in zip(versions["name"], versions["project"], versions["released"], strict=True)
        if not released and facts.filters.allows("project", str(project))
    ]
    if not names:
        return "No unreleased version is known; check the spelling."
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"Not released yet: {', '.join(names[:NAMED])}{more}."


def of_epic(facts: Dataset, key: str) -> Remaining:
    """Issues below the epic, at any depth. Raises ForecastRefused."""
    table = facts.tables.issues
    ids = table["issue_id"].to_numpy()
    wanted = name_key(key)
    place = np.flatnonzero([name_key(each) == wanted for each in table["key"]])
    if not len(place):
        raise ForecastRefused(
            f"There is no issue {key!r} in the data.", "Check the key, and whether the query holds it."
        )
    parent = table["parent"].to_numpy() if "parent" in table else np.zeros(len(ids), dtype=np.int64)
    below = np.zeros(len(ids), dtype=bool)
    ahead = ids[place]
    while len(ahead):
        found = np.isin(parent, ahead) & ~below
        below |= found
        ahead = ids[found]
    name = str(table["key"].iloc[int(place[0])])
    if not below.any():
        raise ForecastRefused(
            f"{name} has no issues below it in the data.",
            "Check whether the query holds them, and sync everything again if the epic was named lately.",
        )
    return _remaining(facts, f"Epic {name}", np.flatnonzero(below))


def _remaining(facts: Dataset, what: str, issue: Positions) -> Remaining:
    """Of these issues (positions), those that are not done and that count as items; discarded ones do not."""
    issue = issue[facts.chosen[issue]]
    table = facts.tables.issues
    found = facts.once(completions)
    completed = found.completed[issue]
    finished = facts.role_at(facts.now, facts.roles.done)[issue] | (completed != NEVER) & (completed <= facts.now)
    finished &= ~found.discarded[issue]
    sieve = of_level(facts, issue)
    drop_discarded(facts, found, issue, sieve)
    counts = sieve.reason == 0
    left = issue[counts & ~finished]
    open_reasons = sieve.reason[~counts & ~finished]
    left_out = [(sieve.reasons[n], int(np.count_nonzero(open_reasons == n))) for n in range(1, len(sieve.reasons))]
    done = int(np.count_nonzero(counts & finished))
    if not len(left):
        raise ForecastRefused(
            f"Nothing of {what[0].lower()}{what[1:]} is left: "
            + (f"its {done} item{'s are' if done != 1 else ' is'} done." if done else "it has no items here."),
            "" if done else "Check the filters, and whether its issues are in the query.",
        )
    keys = tuple(str(each) for each in table["key"].to_numpy(dtype=object)[left])
    points = facts.field("story_points")
    given = None if points is None else points[left]
    known = None if given is None else given[~np.isnan(given) & (given >= 0)]
    return Remaining(
        what,
        keys,
        done,
        tuple((why, n) for why, n in left_out if n),
        points=None if known is None else float(known.sum()),
        unestimated=0 if known is None else len(left) - len(known),
    )
