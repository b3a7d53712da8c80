"""Background tasks and exports by HTTP: an id at once, followed, cancelled, fetched."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import pytest

import api.jobs as jobs_api
from data.services.services import Services
from tests.sample_services import synced_services


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    made = synced_services(tmp_path_factory.mktemp("door"))
    yield made
    made.background.stop(5)


@pytest.fixture
def services(use: Any, real: Services) -> Services:
    return use(real)


@pytest.fixture
def client(app: Any, services: Services) -> Any:
    del services
    return app.server.test_client()


def ended(client: Any, address: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while (found := client.get(address).json)["state"] in ("queued", "running"):
        assert time.monotonic() < until
        time.sleep(0.05)
    return dict(found)


@pytest.mark.parametrize("base", ["/api/exports", "/api/v1/exports"])
def test_an_export_has_an_id_at_once_and_a_file_in_the_end(client: Any, base: str) -> None:
    answer = client.post(f"{base}?period=30d", json={"content": "metrics", "format": "csv"})
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"{base}/{answer.json['id']}"
    found = ended(client, answer.headers["Location"])
    assert found["state"] == "completed"
    file = client.get(f"{base}/{found['id']}/download")
    assert file.headers["X-Row-Count"] == str(found["file"]["rows"])
    assert hashlib.sha256(file.data).hexdigest() == found["file"]["sha256"]
    linked = client.get(found["file"]["link"])
    assert linked.data == file.data
    file.close()
    linked.close()
    refused = client.get(f"{found['file']['link']}0")
    assert refused.status_code >= 400
    assert "not in force" in refused.text


@pytest.mark.parametrize("base", ["/api/exports", "/api/v1/exports"])
def test_an_export_is_written_in_the_style_of_csv_that_is_asked_for(client: Any, base: str) -> None:
    body = {"content": "metrics", "format": "csv", "csv": "excel-semicolon"}
    found = ended(client, client.post(f"{base}?period=30d", json=body).headers["Location"])
    file = client.get(f"{base}/{found['id']}/download")
    assert file.data.startswith(b"\xef\xbb\xbfmetric_name;")
    file.close()
    refused = client.post(base, json={**body, "format": "json"})
    assert (refused.status_code, refused.json["code"]) == (422, "bad_export")
    assert client.post(base, json={**body, "csv": "lotus"}).status_code == 422


def test_what_cannot_be_exported_is_refused(client: Any) -> None:
    refused = client.post("/api/exports", json={"content": "report", "format": "csv"})
    assert (refused.status_code, refused.json["code"]) == (422, "bad_export")
    assert client.post("/api/exports", json={"content": "everything", "format": "csv"}).status_code == 422
    assert client.get("/api/exports/nothing").status_code == 404
    assert client.get("/api/exports/nothing/download").status_code == 404


@pytest.mark.parametrize("base", ["/analytics/jobs", "/api/v1/analytics/jobs"])
def test_a_task_is_started_listed_and_has_a_result(client: Any, base: str) -> None:
    started = client.post(base, json={"kind": "export", "content": "sprints", "format": "json"})
    assert started.status_code == 202
    number = started.json["id"]
    assert ended(client, f"{base}/{number}")["state"] == "completed"
    assert number in [each["id"] for each in client.get(f"{base}?kind=export").json["jobs"]]
    result = client.get(f"{base}/{number}/result")
    assert result.json["result"]["rows"] > 0
    assert client.get(f"{base}/nothing/result").status_code == 404


def test_a_task_that_waits_has_no_result_and_is_cancelled_at_once(client: Any, services: Any) -> None:
    task = services.background.submit(services.snapshot().known_as, "no such kind", {}, by="test", ring=False)
    result = client.get(f"/analytics/jobs/{task.id}/result")
    assert (result.status_code, result.json["code"]) == (409, "not_ended")
    assert client.delete(f"/analytics/jobs/{task.id}").json["state"] == "cancelled"
    assert client.get(f"/analytics/jobs/{task.id}/result").json["state"] == "cancelled"


def test_a_stream_tells_changes_and_ends_with_the_task(client: Any, services: Any) -> None:
    task = services.background.submit(services.snapshot().known_as, "no such kind", {"n": 1}, by="test", ring=False)
    stream = client.get(f"/analytics/jobs/{task.id}/stream")
    assert stream.content_type == "text/event-stream"
    events = stream.iter_encoded()
    assert b"event: status" in next(events)
    services.background.cancel(task.id)
    last = b"".join(events)
    assert b"event: end" in last
    assert b'"state": "cancelled"' in last
    version = services.background.one(task.id).version
    again = client.get(f"/analytics/jobs/{task.id}/stream", headers={"Last-Event-ID": str(version)})
    assert again.status_code == 204


def test_too_many_streams_are_told_to_ask_instead(client: Any, services: Any) -> None:
    task = services.background.submit(services.snapshot().known_as, "no such kind", {"n": 2}, by="test", ring=False)
    taken = [jobs_api._streams.acquire(blocking=False) for _ in range(jobs_api.MOST_STREAMS)]
    try:
        refused = client.get(f"/analytics/jobs/{task.id}/stream")
        assert (refused.status_code, refused.json["code"]) == (503, "streams")
        assert f"/analytics/jobs/{task.id} every two seconds" in refused.json["todo"]
    finally:
        for each in taken:
            if each:
                jobs_api._streams.release()
    stream = client.get(f"/analytics/jobs/{task.id}/stream")
    assert stream.status_code == 200
    stream.close()
    services.background.cancel(task.id)
    assert jobs_api._streams._value == jobs_api.MOST_STREAMS
