"""`make docs`: writes the pages that come from the program itself: metrics.md, query.md and so on."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

FOLDER = Path(__file__).parent
MADE_BY = "<!-- Written by `make docs` from the program. Change the program, not this page. -->\n\n"


def _query_page() -> str:
    """The reference of specs."""
    from docs.query_page import query_page

    return MADE_BY + query_page()


def metrics_page() -> str:
    """The metric reference, from the catalogue."""
    from data.metrics import CATALOG
    from data.values.families import FAMILIES

    out = [
        "# Metrics\n",
        "Each number is one file under `data/metrics/`; this page, the cards and the detail panel come from it. "
        "An answer is a value, or says which field to map, or that there is nothing in the period. "
        "Issues that a number leaves out are counted by reason, never dropped in silence.\n",
        "| metric | unit | in one sentence |\n|---|---|---|",
    ]
    out += [f"| [{each.title}](#{each.name}) | {each.unit} | {each.summary} |" for each in CATALOG.values()]
    for family, known in FAMILIES.items():
        metrics = [_metric(each) for each in CATALOG.values() if each.family == family]
        out += [f"\n## {known.title}: {known.question}\n", *metrics] if metrics else []
    return MADE_BY + "\n".join(out).rstrip() + "\n"


def _metric(metric: Any) -> str:
    from data.settings.fields import FIELDS

    good = {True: "Lower is better.", False: "Higher is better.", None: "Neither direction is better."}
    fields = ", ".join(f"{FIELDS[name].title} (`{name}`)" for name in metric.fields) or "none"
    parts = [
        f'<a id="{metric.name}"></a>\n### {metric.title}\n',
        f"`{metric.name}`, in {metric.unit}. {good[metric.lower_is_better]}\n",
        f"{metric.text}\n",
        f"**Fields it can use:** {fields}.\n",
        f"**Definitions it obeys:** {', '.join(f'`{name}`' for name in metric.switches) or 'none'} "
        "([settings](settings.md)).\n",
        f"**When there is nothing:** {metric.nothing}\n",
        f"**In the catalogue:** {metric.category}, "
        f"{metric.aggregation}, version {metric.version}; also found as {', '.join(metric.tags)}."
        f"{_made_of(metric)}\n",
    ]
    return "\n".join([*parts, *_tiers(metric.name)])


def _made_of(metric: Any) -> str:
    """Fixed numbers of the formula, and the metrics that it rests on."""
    fixed = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in metric.parameters.items())
    others = ", ".join(
        f"`{name}`" + (f" × {metric.weights[name]:g}" if name in metric.weights else "") for name in metric.depends
    )
    return (f" Fixed: {fixed}." if fixed else "") + (f" Rests on {others}." if others else "")


def _tiers(name: str) -> list[str]:
    from data.metrics.tiers import LIMITS, NO_TIER, TIERS

    years = sorted({year for year, metric in LIMITS if metric == name})
    if not years:
        return []
    rows = [f"| report | {' | '.join(TIERS)} |", f"|---|{'---|' * len(TIERS)}"]
    for year in years:
        words = {limit.tier: limit.text for limit in LIMITS[year, name]}
        rows.append(f"| {year} | {' | '.join(words.get(tier, '–') for tier in TIERS)} |")
    why = [text for (_, metric), text in sorted(NO_TIER.items()) if metric == name]
    return [*rows, "", *([" ".join(why), ""] if why else [])]


def settings_page() -> str:
    """Every setting with its default, from the model; every environment variable."""
    from data.settings.environment import VARIABLES
    from data.settings.model import Settings

    rows = [f"| `{path}` | {_kind(field)} | {_default(field)} | {text} |" for path, field, text in settings(Settings)]
    variables = [f"| `{name}` | {each.meaning} |" for name, each in VARIABLES.items()]
    return (
        MADE_BY
        + "# Settings\n\n"
        + "`app_settings.json` holds what the page saves; it can be edited by hand while nothing is being saved. "
        + "Keys that Throughline does not know survive every save. A broken file is kept aside and the last good "
        + "one is used. The token is never in it.\n\n"
        + "## app_settings.json\n\n| setting | values | default | meaning |\n|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n\n## Environment\n\nA variable wins over the settings and is never written into them.\n\n"
        + "| variable | meaning |\n|---|---|\n"
        + "\n".join(variables)
        + "\n"
    )


def settings(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, FieldInfo, str]]:
    """(dotted path, field, help) of every setting, parts before their contents left out."""
    for name, field in model.model_fields.items():
        path = f"{above}{name}"
        part = field.annotation
        if inspect.isclass(part) and issubclass(part, BaseModel):
            yield from settings(part, f"{path}.")
        else:
            yield path, field, field.description or _PLAIN.get(path, "")


_PLAIN = {
    "format": "Version of the file's shape.",
    "revision": "Grows by one with each save.",
    "dora_flow_config.last_updated": "When a mapping was last changed.",
}


def _kind(field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{each}`" for each in get_args(kind))
    names = {str: "text", int: "whole number", float: "number", bool: "`true`, `false`"}
    if kind in names:
        return names[kind]
    origin = get_origin(kind)
    if origin is list:
        return "list"
    if origin is dict:
        return "object"
    options = [each for each in get_args(kind) if each is not type(None)]
    return f"{names.get(options[0], 'text')}, or `null`" if options else "text"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    return "" if value is PydanticUndefined else f"`{json.dumps(value, ensure_ascii=False)}`"


def facts_page() -> str:
    """The facts and their columns."""
    from data.facts.catalogue import FACTS
    from data.metrics import ISSUE_METRICS

    out = [
        "# Facts\n",
        "A fact is a set of rows that numbers are calculated from: completed items, deployments, comments and so "
        "on. Each is "
        "declared once under `data/facts/`, with its columns; this page comes from there. Instants are "
        "microseconds since 1970 "
        "in UTC. Every row also says what it is about, the instant that puts it into a period, and, where it is "
        "left out, the "
        "reason.\n",
    ]
    for each in FACTS.values():
        used = [
            f"[{metric.title}](metrics.md#{metric.name})"
            for metric in ISSUE_METRICS.values()
            if metric.rows is each.rows
        ]
        out += [
            f"## {each.title}\n",
            f"`{each.name}`: one row for each {each.row}, in the period of its {each.at}. "
            f"Used by: {', '.join(used) or 'other facts and charts'}.\n",
            "| column | type | unit | meaning |\n|---|---|---|---|",
            *(f"| `{c.name}` | {c.kind} | {c.unit} | {c.meaning} |" for c in each.columns),
            "",
        ]
    return MADE_BY + "\n".join(out).rstrip() + "\n"


def terminal_page() -> str:
    """Every command with its options, from the commands themselves."""
    out = [
        MADE_BY + "# The terminal\n",
        "`python app.py <command>`; without a command it serves the dashboard. `metrics` and `issues` read what was "
        "synced and never call Jira. Dates are local days, both included; without them the last 30 days. With no Jira "
        "configured every command works on the sample site and says so on stderr.\n",
        "stdout holds only the answer, so it can be piped; progress and remarks go to stderr.\n",
        "| exit code | meaning |\n|---|---|\n| 0 | answered; a missing mapping or an empty period is an answer |\n"
        "| 1 | failed, or a check of `doctor` failed |\n| 2 | typed wrongly: unknown metric, bad date, reversed or too "
        "long period |\n| 3 | the configured site was never synced: run `sync` |\n| 130 | stopped with Ctrl-C |\n",
    ]
    for name, made in commands().items():
        out.append(f"## {name}\n\n{made.help}\n")
        rows = [_option(each) for each in made.params if each.name != "help"]
        if rows:
            out.append("| option | meaning | default |\n|---|---|---|\n" + "\n".join(rows) + "\n")
        if name in _EXAMPLES:
            out.append("```sh\n" + "\n".join(_EXAMPLES[name]) + "\n```\n")
    return "\n".join(out).rstrip() + "\n"


def commands() -> dict[str, Any]:
    """Name → command, in the order of the help."""
    import typer

    from cli.program import app

    found: dict[str, Any] = {}
    for name, made in typer.main.get_group(app).commands.items():
        found[name] = made
        found |= {f"{name} {each}": part for each, part in getattr(made, "commands", {}).items()}
    return found


_EXAMPLES = {
    "serve": ["python app.py serve --port 8060"],
    "sync": ["JIRA_URL=https://example.atlassian.net JIRA_EMAIL=me@example.org JIRA_TOKEN=… python app.py sync"],
    "metrics": [
        "python app.py metrics",
        "python app.py metrics --from 2026-01-01 --to 2026-03-31 --family flow --project SHOP",
        "python app.py metrics --format json | jq '.[] | {metric_name, value, unit}'",
        "python app.py metrics --metric wip --by project",
        "python app.py metrics --metric lead_time_p50 --over week --format csv",
    ],
    "issues": [
        "python app.py issues --metric flow_time --limit 20",
        "python app.py issues --metric change_failure_rate --format csv > failed.csv",
    ],
    "catalogue": ["python app.py catalogue --search 'lead time'"],
    "fields": ["python app.py fields --format json"],
    "doctor": ["python app.py doctor"],
    "sample": [
        "python app.py sample --port 4020 --issues 5000 --seed 2 --flavour dc",
        "JIRA_URL=http://127.0.0.1:4020 JIRA_TOKEN=any python app.py sync",
    ],
}


def _option(option: Any) -> str:
    names = ", ".join(f"`{each}`" for each in option.opts)
    choices = get_args(getattr(option.type_descriptor, "annotation", None))
    listed = [str(each) for each in choices if isinstance(each, str)]
    text = option.help or ""
    if listed:
        text += f" One of {', '.join(f'`{each}`' for each in listed)}."
    default = option.default
    plain = "" if default is None or default is False or callable(default) else f"`{default}`"
    return f"| {names} | {text} | {'required' if option.required else plain} |"


def _definitions_page() -> str:
    from docs.defined import definitions_page

    return MADE_BY + definitions_page()


def _api_page() -> str:
    from docs.api_page import api_page

    return MADE_BY + api_page()


def _permissions_page() -> str:
    """Who may do what."""
    from docs.permissions_page import permissions_page

    return MADE_BY + permissions_page()


PAGES: dict[str, Callable[[], str]] = {
    "facts.md": facts_page,
    "metrics.md": metrics_page,
    "settings.md": settings_page,
    "definitions.md": _definitions_page,
    "permissions.md": _permissions_page,
    "terminal.md": terminal_page,
    "query.md": _query_page,
    "api-reference.md": _api_page,
}


def main() -> int:
    """Write every generated page; says which changed."""
    for name, page in PAGES.items():
        path, text = FOLDER / name, page()
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
