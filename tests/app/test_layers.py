"""Who may import whom. When a test here fails, move the code, not the rule."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOORS = {"app", "assembly", "callbacks", "cli", "api", "ui"}
WEB = {"dash", "flask", "plotly", "dash_bootstrap_components", "dash_ag_grid"}
# What ui may know of data: plain values only.
PLAIN = {
    "data.values",
    "data.settings.fields",
    "data.settings.filter_fields",
    "data.settings.model",
    "data.settings.definitions",
}
# What a door may know of data: services, the plain values that they take and give, and the errors that they raise.
ERRORS = {
    "data.jira.errors",
    "data.store.record_problems.RecordsError",
    "data.settings.overrides.BadOverride",
    *(f"data.settings.store.{name}" for name in ("SettingsError", "Conflict", "Invalid", "ReadOnly")),
    *(f"data.teams.store.{name}" for name in ("TeamsError", "NameTaken")),
}
ANSWERS = {"data.sync.run.Progress", "data.sync.run.SyncResult", "data.jtbd.storage.JobsStorage"}
PROCESS = {"data.platform.access", "data.platform.logs", "data.platform.telemetry"}  # who may look, what is noted down
FOR_DOORS = PLAIN | {"data.services"} | ERRORS | ANSWERS | PROCESS
# The floors of data/, lowest first. A folder imports only floors below its own; those on one line do not know each
# other.
FLOORS = (
    ("values",),
    ("platform",),
    ("jira",),
    ("settings", "cache"),
    ("store",),
    ("sync", "background", "reported"),
    ("tables",),
    ("facts",),
    ("metrics",),
    ("exports", "query"),
    ("forecast", "teams", "quality"),
    ("sprints",),
    ("charts",),
    ("overview",),
    ("jtbd",),
    ("services",),
)
MAY_NOT_IMPORT = {
    "data": DOORS | WEB | {"typer", "rich", "sample"},
    "data/metrics": {
        "data.jira",
        "data.store.issue_store",
        "data.sync.run",
        "data.services",
        "data.cache",
        "requests",
        "sqlalchemy",
        "json",
    },
    "data/jira": {"data.metrics", "data.services", "pandas", "sqlalchemy"},
    "ui": {
        "api",
        "callbacks",
        "cli",
        "app",
        "assembly",
        "sample",
        "flask",
        "pandas",
        "numpy",
        "requests",
        "sqlalchemy",
    },
    "callbacks": {"api", "app", "assembly", "cli", "sample", "pandas", "numpy", "requests", "sqlalchemy"},
    "api": {"app", "assembly", "callbacks", "cli", "sample", "ui", "dash", "pandas", "numpy", "requests", "sqlalchemy"},
    "cli": {"api", "app", "callbacks", "ui", "pandas", "numpy", "requests", "sqlalchemy"},
    "sample": DOORS | WEB | {"data.jira", "data.services", "typer", "rich"},
}
ONLY = {"ui": PLAIN, "api": FOR_DOORS, "callbacks": FOR_DOORS, "cli": FOR_DOORS}


def imports(module: Path) -> set[str]:
    """Every name that a module imports, also inside functions; not what is for type checkers only."""
    tree = ast.parse(module.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def every_import(module: Path) -> set[str]:
    """Every name that a module imports, inside functions and for type checkers too."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def arrows_up() -> set[tuple[str, str]]:
    """(module, imported name) wherever a folder of data/ imports a floor that is not below its own."""
    height = {folder: n for n, floor in enumerate(FLOORS) for folder in floor}
    found = set()
    for module in modules("data"):
        parts = module.relative_to(ROOT / "data").parts
        if len(parts) == 1:
            continue
        for name in every_import(module):
            other = name.split(".")
            if other[0] != "data" or len(other) < 2 or other[1] == parts[0]:
                continue
            if other[1] not in height or height[other[1]] >= height[parts[0]]:
                found.add((str(module.relative_to(ROOT)), name))
    return found


def within(name: str, parts: set[str]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def modules(layer: str) -> list[Path]:
    found = sorted((ROOT / layer).rglob("*.py"))
    assert found, f"nothing is in {layer}"
    return found


@pytest.mark.parametrize("layer", MAY_NOT_IMPORT)
def test_layers_point_one_way(layer):
    wrong = {
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules(layer)
        for name in imports(module)
        if within(name, MAY_NOT_IMPORT[layer])
    }
    assert not wrong


def test_every_folder_of_data_has_a_floor():
    folders = {path.name for path in (ROOT / "data").iterdir() if (path / "__init__.py").exists()}
    assert folders == {folder for floor in FLOORS for folder in floor}
    assert [path.name for path in (ROOT / "data").glob("*.py")] == ["__init__.py"], "a module outside of every floor"


def test_floors_point_down():
    """Imports for types and inside functions count."""
    assert not {f"{module} imports {name}" for module, name in arrows_up()}


@pytest.mark.parametrize("layer", ONLY)
def test_doors_see_services_and_plain_values_only(layer):
    wrong = {
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules(layer)
        for name in every_import(module)
        if name.startswith("data.") and not within(name, ONLY[layer])
    }
    assert not wrong


def test_component_names_live_in_one_place():
    """No id is spelled out in a layout or a callback."""
    spelled = {
        f"{module.relative_to(ROOT)}:{node.lineno}"
        for layer in ("ui", "callbacks")
        for module in modules(layer)
        if module.name != "ids.py"
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and spells_an_id(node)
    }
    assert not spelled


def test_callbacks_stand_alone():
    """A callback inside a function can be neither tested nor read alone, and its host only grows."""
    nested = {
        f"{module.relative_to(ROOT)}:{inner.lineno} {inner.name}"
        for module in modules("callbacks")
        for outer in ast.walk(ast.parse(module.read_text()))
        if isinstance(outer, ast.FunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.FunctionDef)
        and inner is not outer
        and any("callback" in ast.unparse(each) for each in inner.decorator_list)
    }
    assert not nested


@pytest.mark.parametrize("layer", ["api", "app.py", "assembly.py", "callbacks", "cli", "data", "sample", "ui"])
def test_every_module_says_what_it_is_for(layer):
    """One sentence at the top; a package without code of its own may be silent."""
    paths = [ROOT / layer] if layer.endswith(".py") else modules(layer)
    silent = [
        str(path.relative_to(ROOT))
        for path in paths
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent


@pytest.mark.parametrize("layer", ["api", "callbacks", "cli", "data", "sample", "ui"])
def test_nothing_is_put_where_everything_goes(layer):
    vague = {"utils", "util", "helpers", "helper", "core", "manager", "common", "misc"}
    assert not [path for path in modules(layer) if path.stem in vague]


@pytest.mark.parametrize(
    "layer", ["api", "benchmarks", "callbacks", "cli", "data", "docs", "mutants", "sample", "tests", "ui"]
)
def test_no_function_is_longer_than_a_page(layer):
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in modules(layer)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 60
    }
    assert not long


def spells_an_id(call: ast.Call) -> bool:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    named = [word.value for word in call.keywords if word.arg == "id"]
    first = call.args[:1] if name in {"Input", "Output", "State", "set_props"} else []
    return any(isinstance(value, ast.Constant | ast.Dict) for value in named + first)
