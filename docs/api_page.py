"""The page docs/api-reference.md, from the OpenAPI document of the API."""

from __future__ import annotations

from typing import Any

from api.application import Programs
from api.documentation import kind_of
from api.problems import OWN, STATUSES
from api.view_query import ViewQuery

OF_A_VIEW = {each.alias or name for name, each in ViewQuery.model_fields.items()}


def api_page() -> str:
    """Every address with its scope, its own parameters, and the codes of problems."""
    document = Programs().application.api_doc
    lines = ["# Reference of the API", "", "How to use it: [the guide](api.md).", ""]
    parameters = _of_a_view(document)
    lines += ["Parameters of a view, which most addresses take:", "", *_table(parameters), ""]
    for tag in document["tags"]:
        told = [
            (method, path, each)
            for path, item in document["paths"].items()
            for method, each in item.items()
            if isinstance(each, dict) and tag["name"] in each.get("tags", ())
        ]
        lines += [f"## {tag['name']}", "", tag["description"], ""]
        for method, path, each in told:
            lines += _operation(method, path, each)
    lines += ["## Problems", "", "| code | status | meaning |", "|---|---|---|"]
    lines += [f"| `{code}` | {STATUSES[code]} | {_cell(meaning)} |" for code, meaning in OWN.items()]
    return "\n".join(lines).rstrip() + "\n"


def _of_a_view(document: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = document["paths"]["/api/v1/metrics"]["get"]["parameters"]
    return [each for each in listed if each["name"] in OF_A_VIEW]


def _operation(method: str, path: str, told: dict[str, Any]) -> list[str]:
    parameters = told.get("parameters", [])
    of_view = {each["name"] for each in parameters} >= OF_A_VIEW
    own = [each for each in parameters if not (of_view and each["name"] in OF_A_VIEW)]
    words = " ".join(filter(None, (told.get("summary", ""), told.get("description", "").replace("\n", " "))))
    needs = (
        f"Scope: `{told['security'][0]['token'][0]}`." if told["security"] else "No token: its source proves itself."
    )
    view = " Takes the parameters of a view." if of_view else ""
    return [f"### {method.upper()} {path}", "", f"{words} {needs}{view}", "", *_table(own)]


def _table(parameters: list[dict[str, Any]]) -> list[str]:
    if not parameters:
        return []
    rows = [(each["name"], kind_of(each["schema"]), each.get("description") or "") for each in parameters]
    lines = [f"| `{name}` | {_cell(kind.removesuffix(' or null'))} | {_cell(text)} |" for name, kind, text in rows]
    return ["| parameter | type | meaning |", "|---|---|---|", *lines, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
