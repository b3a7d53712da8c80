"""The dashboard as plain JSON types, and jtbd-metrics.json: equal inputs give equal bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from data.jtbd.inputs import Bound, RecordSelection, Reported
from data.jtbd.operations import as_plain
from data.jtbd.picture import Picture, picture, sorted_by_opportunity
from data.jtbd.specs import KINDS, Specs, to_dict
from data.values.jobs import Overview
from data.values.jobs_words import story
from data.values.records import Records

FORMAT = 1


def generate_dashboard_data(
    records: Records,
    specs: Specs,
    wanted: RecordSelection | None = None,
    *,
    bound: Mapping[str, Bound] | None = None,
    reported: Mapping[str, Reported] | None = None,
    formula: str = "clamped",
) -> dict[str, Any]:
    """Jobs, outcomes, painpoints and what they add up to, as plain JSON types; the most underserved outcome first.

    >>> generate_dashboard_data(Records(), Specs())["summary"]["completion_rate"] is None
    True
    """
    found = picture(records, specs, wanted, bound=bound, reported=reported, formula=formula)
    return as_data(found, wanted or RecordSelection(), formula)


def as_data(found: Picture | Overview, wanted: RecordSelection, formula: str) -> dict[str, Any]:
    """A picture as plain JSON types; of an overview also the story and where the work went."""
    out: dict[str, Any] = as_plain(
        {
            "filters": {
                name: value
                for name, value in (("persona", wanted.persona), ("job_id", wanted.job))
                if value is not None
            },
            "formula": formula,
            "summary": found.summary,
            "jobs": [_flat(each) for each in found.jobs],
            "outcomes": [_flat(each) for each in sorted_by_opportunity(found.outcomes)],
            "painpoints": [_flat(each) for each in found.painpoints],
            "time_to_outcome": [_flat(each) for each in found.times],
            "satisfaction": [_flat(each) for each in found.satisfaction],
            "quality": [_flat(each) for each in found.quality],
            **(_with_work(found) if isinstance(found, Overview) else {}),
        }
    )
    return out


def _with_work(found: Overview) -> dict[str, Any]:
    return {
        "story": [{"lead": each.lead, "text": each.text, "about": each.about} for each in story(found)],
        "investment": [_flat(each) for each in found.investment],
        "notes": list(found.notes),
    }


def _flat(row: Any) -> dict[str, Any]:
    """A row as a dict. Not `asdict`: it copies deeply and costs half of the dashboard's time."""
    return {
        name: _flat(value) if hasattr(value, "__dataclass_fields__") else value for name, value in vars(row).items()
    }


def built(records: Records, specs: Specs, formula: str = "clamped", span: tuple[str, str] | None = None) -> bytes:
    """jtbd-metrics.json: derived from specs and records alone, without a clock; the same inputs give the same bytes."""
    data = generate_dashboard_data(records, specs, formula=formula)
    whole = {
        "format": FORMAT,
        "period": list(span) if span else None,
        "inputs": {"specs": specs_hash(specs), "records": records_hash(records)},
        "specs": {f"{kind}s": [_told(each) for each in specs.of(kind).values()] for kind in KINDS},
        **data,
    }
    return (json.dumps(as_plain(whole), indent=2, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n").encode()


def _told(item: Any) -> dict[str, Any]:
    """What a spec says; not where it stands in its file."""
    return {
        name: value
        for name, value in to_dict(item).items()
        if name not in ("line", "iri") and value not in (None, "", ())
    }


def specs_hash(specs: Specs) -> str:
    """A name for what the specs say."""
    told = {kind: [_told(each) for each in specs.of(kind).values()] for kind in KINDS}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def records_hash(records: Records) -> str:
    """A name for what was recorded, in whatever order it came."""
    told = sorted(repr(tuple(each)) for part in records for each in part)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
