"""Tidy tables of any size straight from a seed, without Jira, for measuring how fast metrics are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sample.company import LABELS, PLANS, STATUSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.tables.tidy import Tables

MICRO = 1_000_000
HOUR = 3600 * MICRO
DAY = 24 * HOUR
HISTORY_DAYS = 400
UNTIL = date(2026, 10, 31)
_TYPES = ("Story", "Bug", "Task", "Technical Debt", "Security", "Deployment", "Incident", "Sub-task", "Epic")
_SHARES = (0.34, 0.18, 0.11, 0.08, 0.05, 0.12, 0.02, 0.08, 0.02)
_LEVELS = (0, 0, 0, 0, 0, 0, 0, -1, 1)
_FLOW = ("Feature", "Defect", "Feature", "Technical Debt", "Risk")
_BEFORE_DONE = ("In Progress", "In Review", "Blocked", "In Progress", "In Review", "Testing", "Ready to Deploy")


def tidy(issues: int, seed: int, transitions: int = 8) -> Tables:
    """Tables of `issues` issues with `transitions` status changes each, 400 days up to 31 October 2026.

    Every field that a metric can use is there. Equal arguments give equal tables.
    """
    from data.tables.tidy import Tables

    random = np.random.default_rng(seed)
    end = int(datetime(UNTIL.year, UNTIL.month, UNTIL.day, 22, tzinfo=UTC).timestamp()) * MICRO
    kinds = random.choice(len(_TYPES), size=issues, p=np.array(_SHARES) / sum(_SHARES)).astype(np.int8)
    created = np.sort(end - (random.random(issues) * HISTORY_DAYS * DAY).astype(np.int64))
    at, status, finished = _paths(random, created, transitions, end)
    made: dict[str, Any] = {"revision": f"sample.{issues}.{seed}.{transitions}", "zone": "Europe/Berlin", "as_of": end}
    made["statuses"] = _statuses()
    made["issues"] = _issues(random, kinds, created, at, status, finished, end)
    made["changes"] = _changes(at, status, end)
    made["flags"] = _flags(random, created, finished, end)
    made["labels"] = _named(random, issues, (*LABELS, "hotfix"), 0.35)
    made["components"] = _named(random, issues, [name for plan in PLANS for name in plan.components], 0.85)
    made["versions"], made["fix_versions"] = _versions(random, issues, finished)
    made["links"] = _links(random, kinds)
    made["fields"] = _fields(random, kinds, created, at, finished, end)
    made["comments"] = _comments(random, created, end)
    dates = ("deployment_date", "code_commit_date", "deployed_to_production_date", "incident_detected_at")
    made["date_only"] = dict.fromkeys((*dates, "incident_resolved_at"), False)
    return Tables(**made)


def _codes() -> dict[str, int]:
    return {name: code for code, name in enumerate(STATUSES)}


def _paths(random: Any, created: NDArray, transitions: int, end: int) -> tuple[NDArray, NDArray, NDArray]:
    """Instants and status codes after each change, one row an issue, and which issues are done by `end`."""
    codes = _codes()
    size = len(created)
    steps = random.lognormal(0, 0.9, size=(size, transitions)) * (4.5 / transitions) * DAY
    steps[:, 0] *= 3
    at = created[:, None] + np.cumsum(steps.astype(np.int64) + MICRO, axis=1)
    middle = [codes[_BEFORE_DONE[n % len(_BEFORE_DONE)]] for n in range(transitions - 1)]
    status = np.tile(np.array([*middle, codes["Done"]], dtype=np.int16), (size, 1))
    return at, status, at[:, -1] <= end


def _statuses() -> Any:
    import pandas as pd

    rows = [(row["id"], name, row["statusCategory"]["key"]) for name, row in STATUSES.items()]
    return pd.DataFrame(rows, columns=["status_id", "name", "category"])


def _issues(
    random: Any, kinds: NDArray, created: NDArray, at: NDArray, status: NDArray, finished: NDArray, end: int
) -> Any:
    import pandas as pd

    from data.tables.frames import NEVER

    size = len(created)
    project = random.choice(len(PLANS), size=size, p=[plan.share for plan in PLANS]).astype(np.int8)
    keys = np.array([plan.key for plan in PLANS], dtype=object)
    passed = (at <= end).sum(axis=1)
    now = np.where(passed > 0, status[np.arange(size), np.maximum(passed - 1, 0)], _codes()["To Do"])
    last = np.where(passed > 0, at[np.arange(size), np.maximum(passed - 1, 0)], created)
    resolution = np.where(finished, np.where(random.random(size) < 0.05, 1, 0), -1)
    return pd.DataFrame(
        {
            "issue_id": np.arange(10_000, 10_000 + size, dtype=np.int64),
            "key": pd.Series(keys[project] + "-" + np.arange(1, size + 1).astype(str).astype(object), dtype=object),
            "project": pd.Categorical.from_codes(project, list(keys)),
            "type": pd.Categorical.from_codes(kinds, list(_TYPES)),
            "resolution": pd.Categorical.from_codes(resolution, ["Done", "Won't Do"]),
            "priority": pd.Categorical.from_codes(
                random.integers(0, 5, size), ["Highest", "High", "Medium", "Low", "Lowest"]
            ),
            "assignee": pd.Categorical.from_codes(
                random.integers(-1, 24, size), [f"Person {n + 1}" for n in range(24)]
            ),
            "status": now.astype(np.int16),
            "hierarchy": np.array(_LEVELS, dtype=np.int8)[kinds],
            "created": created,
            "updated": last,
            "resolved": np.where(finished, at[:, -1], NEVER),
            "history_complete": np.ones(size, dtype=bool),
            "comments_complete": np.ones(size, dtype=bool),
        }
    )


def _changes(at: NDArray, status: NDArray, end: int) -> Any:
    import pandas as pd

    size, transitions = at.shape
    source = np.empty_like(status)
    source[:, 0] = _codes()["To Do"]
    source[:, 1:] = status[:, :-1]
    happened = (at <= end).ravel()
    issue = np.repeat(np.arange(size, dtype=np.int32), transitions)
    columns = {"issue": issue, "at": at.ravel(), "source": source.ravel(), "target": status.ravel()}
    return pd.DataFrame({name: column[happened] for name, column in columns.items()})


def _flags(random: Any, created: NDArray, finished: NDArray, end: int) -> Any:
    import pandas as pd

    from data.tables.frames import FOREVER

    issue = np.flatnonzero(random.random(len(created)) < 0.06).astype(np.int32)
    start = np.minimum(created[issue] + (random.random(len(issue)) * 6 * DAY).astype(np.int64), end)
    stop = start + (random.random(len(issue)) * 2 * DAY).astype(np.int64)
    stop = np.where((stop > end) & ~finished[issue], FOREVER, stop)
    return pd.DataFrame({"issue": issue, "start": start, "end": stop})


def _named(random: Any, size: int, names: Any, share: float) -> Any:
    import pandas as pd

    issue = np.flatnonzero(random.random(size) < share).astype(np.int32)
    codes = random.integers(0, len(names), len(issue))
    return pd.DataFrame({"issue": issue, "name": pd.Categorical.from_codes(codes, list(names))})


def _versions(random: Any, size: int, finished: NDArray) -> tuple[Any, Any]:
    import pandas as pd

    count = max(6, min(400, size // 40))
    days = np.linspace(-HISTORY_DAYS + 5, 20, count).astype(int)
    dates = [UNTIL + timedelta(days=int(day)) for day in days]
    project = [PLANS[n % 3].key for n in range(count)]
    versions = pd.DataFrame(
        {
            "version_id": np.arange(20_000, 20_000 + count, dtype=np.int64),
            "project": pd.Series(project, dtype=object),
            "name": pd.Series([f"{key.lower()}-{n}" for n, key in enumerate(project)], dtype=object),
            "released": np.array([day <= UNTIL for day in dates], dtype=bool),
            "release_date": pd.Series(dates, dtype=object),
        }
    )
    issue = np.flatnonzero(finished & (random.random(size) < 0.5)).astype(np.int32)
    place = np.minimum((issue / size * count).astype(np.int32) + 1, count - 1).astype(np.int32)
    return versions, pd.DataFrame({"issue": issue, "version": place})


def _links(random: Any, kinds: NDArray) -> Any:
    """Two thirds of the incidents are caused by a deployment."""
    import pandas as pd

    incidents = np.flatnonzero(kinds == _TYPES.index("Incident"))
    deployments = np.flatnonzero(kinds == _TYPES.index("Deployment"))
    tied = incidents[random.random(len(incidents)) < 0.66] if len(deployments) else incidents[:0]
    causes = deployments[np.minimum(np.searchsorted(deployments, tied), max(len(deployments) - 1, 0))]
    issue = np.concatenate([tied, causes]).astype(np.int32)
    other = np.concatenate([causes, tied]).astype(np.int32)
    codes = np.repeat(np.array([0, 1]), len(tied))
    phrase = pd.Categorical.from_codes(codes, ["is caused by", "causes"])
    return pd.DataFrame({"issue": issue, "phrase": phrase, "other": other})


def _comments(random: Any, created: NDArray, end: int) -> Any:
    """Two an issue on average, a quarter without any, by 24 people; the first within hours."""
    import pandas as pd

    size = len(created)
    counts = np.where(random.random(size) < 0.25, 0, random.geometric(0.4, size))
    issue = np.repeat(np.arange(size, dtype=np.int32), counts)
    at = created[issue] + (random.lognormal(2.5, 1.5, len(issue)) * HOUR).astype(np.int64)
    authors = [f"712020:person-{n + 1}" for n in range(24)]
    frame = pd.DataFrame(
        {"issue": issue, "at": at, "author": pd.Categorical.from_codes(random.integers(0, 24, len(issue)), authors)}
    )
    return frame[at <= end].sort_values(["issue", "at"], ignore_index=True)


def _fields(
    random: Any, kinds: NDArray, created: NDArray, at: NDArray, finished: NDArray, end: int
) -> dict[str, NDArray]:
    from data.tables.frames import NEVER

    size = len(kinds)
    deployment, incident = kinds == _TYPES.index("Deployment"), kinds == _TYPES.index("Incident")
    change = ~deployment & ~incident & (kinds < _TYPES.index("Sub-task"))

    def dates(where: NDArray, values: NDArray) -> NDArray:
        return np.where(where & (values <= end), values, NEVER)

    def words(where: NDArray, names: tuple[str, ...], codes: NDArray) -> NDArray:
        options = np.empty(len(names) + 1, dtype=object)
        options[: len(names)] = [(name,) for name in names]
        return options[np.where(where, codes, len(names))]

    restored = created + (random.lognormal(0, 0.8, size) * 3 * HOUR).astype(np.int64)
    failed = random.random(size) < 0.08
    known = random.random(size) < 0.93
    return {
        "deployment_date": dates(deployment, created + (random.random(size) * DAY).astype(np.int64)),
        "target_environment": words(deployment, ("Production", "Staging"), (random.random(size) > 0.8).astype(int)),
        "code_commit_date": dates(change & known, at[:, 0] + (random.random(size) * DAY).astype(np.int64)),
        "deployed_to_production_date": dates(change & finished & known, at[:, -1]),
        "incident_detected_at": dates(incident, created),
        "incident_resolved_at": dates(incident & known, restored),
        "deployment_successful": words(deployment & known, ("Yes", "No"), failed.astype(int)),
        "production_impact": words(deployment & (known | failed), ("None", "Major"), failed.astype(int)),
        "flow_item_type": words(change & known, _FLOW, np.minimum(kinds, 4)),
        "active_work_hours": np.where(change & finished, random.lognormal(0, 0.6, size) * 12, np.nan),
        "story_points": np.where(change & known, random.choice([1.0, 2.0, 3.0, 5.0, 8.0], size), np.nan),
    }
