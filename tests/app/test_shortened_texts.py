"""No text that may hold a secret is cut in a way of its own: half a token is not recognised any more."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEAST = 12  # a cut that leaves less shows no piece of a token that is worth anything
TEXTS = {"text", "message", "said", "words", "body", "reason", "why", "line", "number", "title", "value", "detail"}
# (file, what is cut) → why it may be.
KNOWN = {
    ("data/platform/log_limit.py", "message"): "records reach it cleaned; test_sliding_canary.py slides over it",
    ("data/jira/http_errors.py", "said"): "read as a number, never shown",
    ("data/jira/http_errors.py", "body"): "looked through, never shown",
    (
        "data/settings/connection.py",
        "re.sub('[^a-z0-9]+', '-', key.split('://')[-1].lower()).strip('-')",
    ): "the name of a folder, from an address without user name",
    ("data/jtbd/import_records.py", "text.lstrip()"): "looked through, never shown",
    ("data/jtbd/report.py", "now"): "an instant of our own",
    ("api/jobs_to_be_done.py", "ids"): "a list of names, none of which is cut",
    ("cli/tasks.py", "str(plain(each)['created_at'])"): "an instant of our own",
    (
        "data/exports/xlsx.py",
        "' '.join(re.sub(\"[\\\\[\\\\]:*?/\\\\\\\\']\", ' ', text_of(title)).split())",
    ): "the name of a sheet, from a title of our own",
    (
        "data/jtbd/spec_items.py",
        "re.sub('[^\\\\w]+', '-', name_key(title)).strip('-')",
    ): "an id, from a title that a spec gives",
    ("data/jtbd/spec_items.py", "text"): "what a spec says, read on this machine",
    ("data/quality/lost_statuses.py", "said"): "a list of names, none of which is cut",
    ("data/values/filters.py", "text"): "what the caller has just typed",
    ("data/settings/definitions.py", "said"): "a list of names, none of which is cut",
    ("data/metrics/dora/mean_time_to_recovery.py", "types"): "a list of names, none of which is cut",
    ("callbacks/sprints.py", "re.sub('[^0-9a-z]', '', board)"): "the name of a file that the user downloads",
}


def _bound(node: ast.Subscript) -> bool:
    """Whether it keeps so many from the start: `[:40]`, `[:LONGEST]`."""
    cut = node.slice
    if not isinstance(cut, ast.Slice) or cut.lower is not None or cut.upper is None or cut.step is not None:
        return False
    if isinstance(cut.upper, ast.Constant) and isinstance(cut.upper.value, int):
        return cut.upper.value >= LEAST
    return isinstance(cut.upper, ast.Name) and cut.upper.id.lstrip("_").isupper()


def _is_text(node: ast.expr) -> bool:
    """Whether it looks like a text: made by str, repr or a method of texts, or named like one."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in {
            "str",
            "repr",
            "decode",
            "get",
            "strip",
            "lstrip",
            "rstrip",
            "join",
            "format",
            "replace",
            "sub",
            "clean",
        }
    if isinstance(node, ast.Subscript):
        return _is_text(node.value)
    return getattr(node, "id", getattr(node, "attr", "")) in TEXTS


def cuts_of(source: str) -> Iterator[str]:
    """What is cut in a module, as far as it looks like a text or is put into one."""
    tree = ast.parse(source)
    shown = {
        id(each) for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) for each in ast.walk(node.value)
    }
    cuts = [each for each in ast.walk(tree) if isinstance(each, ast.Subscript) and _bound(each)]
    for node in cuts:
        if _is_text(node.value) or (id(node) in shown and not isinstance(node.value, ast.Call)):
            yield ast.unparse(node.value)


def test_texts_are_shortened_only_where_secrets_are_taken_out_first() -> None:
    found = {
        (str(path.relative_to(ROOT)), cut)
        for folder in ("api", "data", "cli", "callbacks")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for cut in cuts_of(path.read_text("utf-8"))
    }
    lists = {each for each in found if each[1].endswith((".keys", "names"))}  # names of issues and versions, whole ones
    assert found - lists - set(KNOWN) == set(), "use SECRETS.shorten, or say in KNOWN why not"
    assert set(KNOWN) <= found, "no longer there"


def test_a_cut_is_seen() -> None:
    assert sorted(cuts_of("raise E(f'{str(value)[:40]!r}')\nerror = message[:LONGEST]\nx = f'{number[:40]}'")) == [
        "message",
        "number",
        "str(value)",
    ]
    assert list(cuts_of("rows[:40]; text[:7]; text[:n]; text[1:40]; SECRETS.shorten(text, 40)")) == []
