"""Which days are said to be covered: to the last sync, where the query vouches for all until then."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sample.serve import make_site
from tests.cases import site as served
from tests.data.sync.test_epic_link import STATUSES, fields, issue, status

LAST_UPDATE = "2026-10-09"


@pytest.mark.parametrize(
    ("jql", "to_the_sync"), [("created >= 2020-01-01", True), ("created >= 2020-01-01 AND status != Nowhere", False)]
)
def test_covered_days_end_with_the_sync_or_with_what_was_returned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jql: str, to_the_sync: bool
) -> None:
    monkeypatch.setattr(served, "JQL", jql.replace("Nowhere", '"To Do"'))
    (tmp_path / "issues.jsonl").write_text("\n".join(json.dumps(issue(n, done=True)) for n in (1, 2)), "utf-8")
    (tmp_path / "fields.json").write_text(json.dumps(fields("Epic Link", "")), "utf-8")
    (tmp_path / "statuses.json").write_text(json.dumps([status(each) for each in STATUSES]), "utf-8")
    made = make_site(
        data=[tmp_path / "issues.jsonl"], fields=tmp_path / "fields.json", statuses=tmp_path / "statuses.json"
    )
    (tmp_path / "home").mkdir()
    with served.synced(tmp_path / "home", made) as site:
        snapshot = site.services.snapshot()
        assert snapshot.synced is not None and snapshot.synced.synced_at is not None
        of_sync = datetime.fromtimestamp(snapshot.synced.synced_at / 1e6, UTC).date().isoformat()
        shown = site.services.status.of(snapshot)
        assert shown.first_day == "2026-10-01"
        assert shown.last_day == (of_sync if to_the_sync else LAST_UPDATE)
        november = site.value("flow_velocity", site.view("2026-11-01", "2026-11-20"))
        assert (november.value, november.error_state) == ((0, "success") if to_the_sync else (None, "no_data"))
