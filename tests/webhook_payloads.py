"""Events as each source of webhooks sends them, written after its public documentation, and signed as it signs."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

SECRET = "0123456789abcdef-webhooks"
SHA = "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
Event = tuple[str, dict[str, Any], dict[str, str]]  # source, payload, headers beside the proof


def github(state: str, at: str, number: int = 145988746, environment: str = "production", ref: str = "main") -> Event:
    """`deployment_status`, as of docs.github.com/en/webhooks/webhook-events-and-payloads."""
    deployment = {
        "url": f"https://api.github.com/repos/acme/shop/deployments/{number}",
        "id": number,
        "sha": SHA,
        "ref": ref,
        "task": "deploy",
        "payload": {},
        "original_environment": environment,
        "environment": environment,
        "description": None,
        "production_environment": environment == "production",
        "created_at": "2026-10-05T14:20:00Z",
        "updated_at": at,
    }
    status = {
        "id": 209916254,
        "state": state,
        "description": "",
        "environment": environment,
        "target_url": "",
        "log_url": "https://github.com/acme/shop/actions/runs/7",
        "created_at": at,
        "updated_at": at,
    }
    repository = {"id": 186853002, "full_name": "acme/shop", "html_url": "https://github.com/acme/shop"}
    body = {"action": "created", "deployment_status": status, "deployment": deployment, "repository": repository}
    return "github", body, {"X-GitHub-Event": "deployment_status", "X-GitHub-Delivery": "72d3162e"}


def gitlab(status: str, at: str, number: int = 15, tier: str = "production") -> Event:
    """A deployment event, as of docs.gitlab.com/user/project/integrations/webhook_events."""
    body = {
        "object_kind": "deployment",
        "status": status,
        "status_changed_at": at,
        "deployment_id": number,
        "deployable_id": 796,
        "deployable_url": "https://gitlab.example.org/acme/shop/-/jobs/796",
        "environment": "prod-eu" if tier == "production" else tier,
        "environment_tier": tier,
        "environment_slug": "prod-eu",
        "environment_external_url": "https://shop.example.org",
        "project": {"id": 30, "name": "shop", "path_with_namespace": "acme/shop"},
        "short_sha": SHA[:8],
        "user": {"id": 1, "name": "Deployer"},
        "commit_url": f"https://gitlab.example.org/acme/shop/-/commit/{SHA}",
        "commit_title": "Fix the cart",
        "ref": "v1.4.0",
    }
    return "gitlab", body, {"X-Gitlab-Event": "Deployment Hook"}


def jenkins(phase: str, status: str, timestamp: int, number: int = 7, **parameters: str) -> Event:
    """A build, as of plugins.jenkins.io/notification."""
    build: dict[str, Any] = {
        "full_url": f"https://jenkins.example.org/job/shop-deploy/{number}/",
        "number": number,
        "queue_id": 3,
        "timestamp": timestamp,
        "phase": phase,
        "url": f"job/shop-deploy/{number}/",
        "scm": {"url": "https://git.example.org/acme/shop.git", "branch": "origin/main", "commit": SHA},
        "parameters": parameters,
        "log": "",
        "artifacts": {},
    }
    if status:
        build["status"] = status
    return "jenkins", {"name": "shop-deploy", "url": "job/shop-deploy/", "build": build}, {}


def argocd(phase: str, started: str, finished: str | None, environment: str = "production") -> Event:
    """The Application resource, as the template of docs/reported.md sends it."""
    operation = {"phase": phase, "startedAt": started, "syncResult": {"revision": SHA}}
    if finished:
        operation["finishedAt"] = finished
    app = {
        "metadata": {"name": "shop", "namespace": "argocd"},
        "spec": {
            "project": "default",
            "destination": {"namespace": "shop", "server": "https://kubernetes.default.svc"},
        },
        "status": {"operationState": operation, "health": {"status": "Healthy"}},
    }
    return "argocd", {"app": app, "environment": environment, "url": "https://argocd.example.org/applications/shop"}, {}


def pagerduty(event: str, at: str, number: str = "PGR0VU2") -> Event:
    """A V3 webhook, as of developer.pagerduty.com/docs/webhooks-overview."""
    data = {
        "id": number,
        "type": "incident",
        "self": f"https://api.pagerduty.com/incidents/{number}",
        "html_url": f"https://acme.pagerduty.com/incidents/{number}",
        "number": 2,
        "status": event.rpartition(".")[2],
        "incident_key": "d3640fbd41094207a1c11e58e46b1662",
        "created_at": "2026-10-05T15:00:00Z",
        "title": "The cart answers 500",
        "service": {"id": "PF9KMXH", "type": "service_reference", "summary": "shop"},
        "urgency": "high",
    }
    body = {
        "event": {
            "id": "5ac64822-4adc-4fda-ade0-410becf0de4f",
            "event_type": event,
            "resource_type": "incident",
            "occurred_at": at,
            "agent": {"type": "user_reference"},
            "client": None,
            "data": data,
        }
    }
    return "pagerduty", body, {"X-Webhook-Subscription": "PT11KXC"}


def opsgenie(action: str, updated: int, number: str = "052652ac-5d1c-464a-812a-7dd18bbfba8c") -> Event:
    """An alert, as the webhook integration of Opsgenie documents it: createdAt in ms, updatedAt in ns."""
    alert = {
        "alertId": number,
        "message": "The cart answers 500",
        "tags": ["cart"],
        "tinyId": "28",
        "entity": "shop",
        "alias": "cart",
        "createdAt": 1_791_212_400_000,  # 2026-10-05T15:00:00Z
        "updatedAt": updated * 1_000_000_000,
        "username": "System",
        "details": {},
        "priority": "P2",
    }
    return "opsgenie", {"action": action, "alert": alert, "source": {"name": "web", "type": "API"}}, {}


def cdevents(kind: str, at: str, number: str = "271069a8", subject: str = "shop", **content: Any) -> Event:
    """An event, as of github.com/cdevents/spec, alone."""
    context = {
        "version": "0.4.1",
        "id": number,
        "source": "/cd/pipeline",
        "type": f"dev.cdevents.{kind}.0.2.0",
        "timestamp": at,
    }
    body = {
        "context": context,
        "subject": {"id": subject, "source": "/cd/pipeline", "type": kind.partition(".")[0], "content": content},
    }
    return "cdevents", body, {}


def sent(event: Event, secret: str = SECRET) -> tuple[str, bytes, dict[str, str]]:
    """Source, body and headers of an event, with the proof that its source gives."""
    source, payload, headers = event
    body = json.dumps(payload).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    proof = {
        "github": {"X-Hub-Signature-256": f"sha256={digest}"},
        "gitlab": {"X-Gitlab-Token": secret},
        "pagerduty": {"X-PagerDuty-Signature": f"v1={'0' * 64},v1={digest}"},
    }.get(source, {"X-Throughline-Secret": secret})
    return source, body, {"Content-Type": "application/json", **headers, **proof}
