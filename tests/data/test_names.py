"""Names are compared by one rule: `data.values.names` holds it, and no other place compares names in its own way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.tables.frames import spelled_once
from data.values.names import name_key, places_of, same_name

ROOT = Path(__file__).parents[2]
HOME = "data/values/names.py"
# What is no name of Jira or of people: words of protocols, of operating systems and of our own texts.
NO_NAMES = {
    "api/documentation.py": "methods of HTTP",
    "api/frame.py": "methods of HTTP",
    "api/sent.py": "HTTP headers",
    "callbacks/programs.py": "host names",
    "cli/stages.py": "ends of file names",
    "data/exports/xlsx.py": "names of sheets, which Excel compares so",
    "data/jtbd/library.py": "ends of file names",
    "data/jtbd/spec_items.py": "words of a sentence",
    "data/jtbd/specs.py": "words of a sentence",
    "data/jtbd/turtle_lines.py": "keywords of Turtle",
    "callbacks/security.py": "host names and HTTP headers",
    "data/facts/columns.py": "our own kinds of subjects",
    "data/jira/connection.py": "host names",
    "data/jira/endpoints.py": "keywords of JQL",
    "data/jira/sprints.py": "states of sprints and kinds of boards, which are Jira's own words",
    "data/jtbd/verify.py": "words of the register's template",
    "data/settings/content.py": "names of secrets",
    "data/settings/definitions.py": "our own words true and false",
    "data/sprints/values.py": "our own titles",
    "ui/components/still.py": "names of HTML elements",
    "ui/tabs/sprints.py": "our own titles",
    "data/jira/deadlines.py": "addresses of proxies",
    "data/jira/http_errors.py": "HTTP headers",
    "data/jira/protocol.py": "HTTP headers and the flavour of Jira",
    "data/jira/query_dates.py": "units of JQL",
    "data/jira/sender.py": "HTTP headers",
    "data/jtbd/import_records.py": "ends of file names",
    "data/overview/caveats.py": "our own notes",
    "data/platform/access.py": "host names",
    "data/platform/logs.py": "environment variables",
    "data/platform/telemetry.py": "environment variables and addresses",
    "data/settings/connection.py": "environment variables and host names",
    "data/settings/environment.py": "environment variables and addresses",
    "data/store/corruption.py": "texts of SQLite",
    "data/jtbd/register.py": "the first letter of a sentence",
    "data/facts/reported_deployments.py": "hashes of commits",
    "data/reported/jenkins.py": "names of parameters",
    "data/reported/payload.py": "states that other systems write",
    "data/reported/sources.py": "HTTP headers",
    "data/services/reported.py": "environment variables",
    "data/values/people.py": "names to sign in by, of which no two may look alike",
}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Won't Do", "WON’T DO"),
        ("Won't Do", "  won`t   do "),
        ("wird ausgelöst/schließlich verursacht durch", "WIRD AUSGELÖST/SCHLIESSLICH VERURSACHT DURCH"),
        ("Störung", "Sto\u0308rung"),
        ("roll-back", "Roll\u2013back"),
        ("roll-back", "roll\u2011back"),
        ("Non applicable", "non\u00a0applicable"),
        ("In Progress", "In\u200b Progress"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_two_spellings_of_one_name_are_the_same(left, right):
    assert same_name(left, right)
    assert places_of([left], ["Other", right]) == [1]


@pytest.mark.parametrize(("left", "right"), [("Done", "Not done"), ("Bug", "Bugs"), ("é", "e"), ("は", "ば")])
def test_two_names_stay_two(left, right):
    assert not same_name(left, right)


def test_folding_a_folded_name_changes_nothing():
    for name in ("Won’t  Do", "İstanbul", "ﬁnished", "\u1e9e", "Ǆ", "ᾳ", "한국어", "한국어"):
        assert name_key(name_key(name)) == name_key(name)


def test_a_column_has_one_spelling_of_each_name():
    assert list(spelled_once(["bug", "Bug", "Bug", "BUG ", "Story"])) == ["Bug", "Bug", "Bug", "Bug", "Story"]


def test_no_other_place_compares_names_in_its_own_way():
    found = [
        f"{path}:{line}: {code}"
        for path in _sources()
        for line, code in _comparisons(ast.parse((ROOT / path).read_text()))
        if path != HOME and path not in NO_NAMES
    ]
    assert found == [], "compare by data.values.names.name_key, or say in NO_NAMES why these are no names"


def test_every_exception_is_still_needed():
    assert [path for path in NO_NAMES if not list(_comparisons(ast.parse((ROOT / path).read_text())))] == []


@pytest.mark.parametrize(
    "code",
    [
        "wanted = {each.lower() for each in names}",
        "a = x.casefold()",
        "if name.strip().lower() == 'epic': pass",
        "kinds.get(name.lower())",
        "kinds[name.upper()]",
        "unicodedata.normalize('NFKC', name)",
        "keep = issues['type'].isin(names)",
        "keep = column.str.lower() == x",
        "'a' in name.lower()",
        "name.lower().startswith('in')",
        "re.compile('flagged', re.IGNORECASE).match(name)",
    ],
)
def test_the_search_finds_a_comparison_of_its_own(code):
    assert list(_comparisons(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "f'By {title.lower()}'",
        "said[:1].upper() + said[1:]",
        "x = ', '.join(each.lower() for each in titles)",
        "name_key(a) == name_key(b)",
    ],
)
def test_the_search_leaves_texts_alone(code):
    assert not list(_comparisons(ast.parse(code)))


def _sources() -> list[str]:
    folders = ("api", "data", "callbacks", "cli", "ui")
    return sorted(str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _comparisons(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, code) of what folds a name for comparing it, or compares a column of names letter by letter."""
    above: dict[ast.AST, ast.AST] = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            if isinstance(node, ast.Attribute) and node.attr == "IGNORECASE":
                yield node.lineno, ast.unparse(node)
            continue
        name = node.func.attr
        if (
            name in ("casefold", "normalize", "swapcase")
            or (name == "isin" and _of_names(node))
            or (name in ("lower", "upper") and _compares(node, above))
        ):
            yield node.lineno, ast.unparse(node)


def _of_names(call: ast.Call) -> bool:
    """Whether `isin` is asked of a column of names: issues["type"].isin(names)."""
    column = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(column, ast.Subscript) and isinstance(column.slice, ast.Constant)


def _compares(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether the folded text is compared, looked up or kept for that, rather than shown."""
    inner = node
    while inner in above:
        outer = above[inner]
        if isinstance(outer, ast.JoinedStr | ast.BinOp | ast.keyword):
            return False
        if isinstance(outer, ast.Compare | ast.SetComp | ast.Set):
            return True
        if isinstance(outer, ast.DictComp):
            return inner is outer.key
        if isinstance(outer, ast.Subscript):
            return inner is outer.slice
        if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Attribute):
            if outer.func.attr == "join":
                return False
            if outer.func.attr in ("get", "match", "search", "fullmatch", "sub", "startswith", "endswith"):
                return True
        if isinstance(outer, ast.stmt):
            return isinstance(outer, ast.Assign | ast.Return)
        inner = outer
    return False
