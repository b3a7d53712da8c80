"""Tables made by hand, for worked examples and tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.tables.tidy import Tables

STATUSES = (
    ("1", "To Do", "new"),
    ("2", "In Progress", "indeterminate"),
    ("3", "In Review", "indeterminate"),
    ("4", "Done", "done"),
)


def empty_tables(zone: str = "UTC") -> Tables:
    """A site without issues."""
    whole, code, name = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32), pd.Categorical([])
    return Tables(
        revision="0.0",
        zone=zone,
        as_of=None,
        statuses=pd.DataFrame(list(STATUSES), columns=["status_id", "name", "category"]),
        issues=pd.DataFrame(
            {
                "issue_id": whole,
                "key": np.zeros(0, dtype=object),
                **dict.fromkeys(("project", "type", "resolution", "priority", "assignee"), name),
                "status": whole.astype(np.int16),
                "hierarchy": whole.astype(np.int8),
                **dict.fromkeys(("created", "updated", "resolved"), whole),
                "history_complete": whole.astype(bool),
            }
        ),
        changes=pd.DataFrame(
            {"issue": code, "at": whole, "source": code.astype(np.int16), "target": code.astype(np.int16)}
        ),
        flags=pd.DataFrame({"issue": code, "start": whole, "end": whole}),
        labels=pd.DataFrame({"issue": code, "name": name}),
        components=pd.DataFrame({"issue": code, "name": name}),
        versions=pd.DataFrame(
            {
                "version_id": whole,
                "project": np.zeros(0, dtype=object),
                "name": np.zeros(0, dtype=object),
                "released": whole.astype(bool),
                "release_date": np.zeros(0, dtype=object),
            }
        ),
        fix_versions=pd.DataFrame({"issue": code, "version": code}),
        links=pd.DataFrame({"issue": code, "phrase": name, "other": code}),
    )
