"""The documents say what the program does: generated pages are up to date, commands and links in them exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.jira.scopes import NEEDS
from data.settings.environment import VARIABLES
from docs import generate
from tests.app.test_layers import FLOORS
from tests.some import some

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted([CHECKOUT / "README.md", *(CHECKOUT / "docs").glob("*.md")])
SOURCES = [
    *(path for name in ("api", "callbacks", "cli", "data", "sample", "ui") for path in (CHECKOUT / name).rglob("*.py")),
    CHECKOUT / "app.py",
    CHECKOUT / "assembly.py",
]


@pytest.mark.parametrize("name", generate.PAGES)
def test_generated_pages_are_up_to_date(name: str) -> None:
    written = (CHECKOUT / "docs" / name).read_text("utf-8")
    assert written == generate.PAGES[name](), "run: make docs"


def test_every_metric_is_documented() -> None:
    from data.metrics import CATALOG

    page = (CHECKOUT / "docs" / "metrics.md").read_text("utf-8")
    assert len(CATALOG) >= 10
    assert [name for name in CATALOG if f"`{name}`" not in page] == []


def test_every_setting_is_documented_with_a_meaning() -> None:
    from data.settings.model import Settings

    page = (CHECKOUT / "docs" / "settings.md").read_text("utf-8")
    found = list(generate.settings(Settings))
    assert len(found) > 40
    assert [path for path, _, text in found if f"`{path}`" not in page or not text] == []


def test_every_command_and_option_is_documented() -> None:
    page = (CHECKOUT / "docs" / "terminal.md").read_text("utf-8")
    for name, command in some(generate.commands().items(), 10):
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert command.help in section
        assert [
            each.opts for each in command.params if f"`{each.opts[0]}`" not in section and each.name != "help"
        ] == []


def test_every_variable_that_is_read_is_documented_and_the_other_way_round() -> None:
    read = {
        name
        for path in SOURCES
        for name in re.findall(r'"((?:JIRA|THROUGHLINE|OTEL)_[A-Z_]+)"', _without_descriptions(path.read_text("utf-8")))
    }
    made = {each for each in VARIABLES if each.startswith("THROUGHLINE_WEBHOOK_")}  # one for each source
    assert read == set(VARIABLES) - {"HOST", "PORT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"} - made


def _without_descriptions(source: str) -> str:
    """A module without the table that describes the variables: being described is not being read."""
    return re.sub(r"^VARIABLES: .*?^}$", "", source, flags=re.DOTALL | re.MULTILINE)


def test_every_request_and_its_scopes_are_documented() -> None:
    rows = [line.split("|") for line in (CHECKOUT / "docs" / "connecting.md").read_text("utf-8").splitlines()]
    documented = {row[1].strip(" `"): row for row in rows if len(row) == 7 and " /rest/" in row[1]}
    assert documented.keys() == {f"{need.method} {need.path}" for need in NEEDS}
    for need in NEEDS:
        _, _, purpose, without, classic, granular, _ = documented[f"{need.method} {need.path}"]
        assert purpose.strip() == need.purpose
        assert without.strip() == ("can be missing" if need.optional else "needed")
        assert classic.strip(" `–") == need.classic
        assert re.findall(r"`([^`]+)`", granular) == list(need.granular)


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_commands_in_the_documents_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`|\s)make ([a-z-]+)(?=`|$|\s+#|\s*\n)", text, re.MULTILINE))
    assert named <= targets
    typed = set(re.findall(r"python app\.py ([a-z]+)", text))
    assert typed <= set(generate.commands())


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_links_and_pictures_in_the_documents_exist(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_documents_name_no_place_of_one_machine(document: Path) -> None:
    assert re.findall(r"/(?:home|root|Users|work|tmp)/\S*", document.read_text("utf-8")) == []


def test_the_catalogue_has_as_many_metrics_as_the_documents_say() -> None:
    from data.metrics import CATALOG

    names, numbers = str(len(CATALOG)), str(sum(not each.same_as for each in CATALOG.values()))
    for page, words, said in (
        ("README.md", r"A catalogue holds (\d+) metrics", [numbers]),
        ("docs/architecture.md", r"catalogue holds (\d+) names of (\d+) numbers", [(names, numbers)]),
    ):
        assert re.findall(words, (CHECKOUT / page).read_text("utf-8")) == said, page


def test_files_and_folders_that_the_architecture_names_exist() -> None:
    text = (CHECKOUT / "docs" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"`((?:data|ui|callbacks|cli|tests|sample|docs)/[\w/]*(?:\.\w+)?)`", text))
    assert len(named) > 40
    assert [path for path in sorted(named) if not (CHECKOUT / path).exists()] == []


def test_the_architecture_lists_the_floors_of_data() -> None:
    text = (CHECKOUT / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| `(\w+)/` \|", text, re.MULTILINE)
    assert rows == [(str(n), folder) for n, floor in enumerate(FLOORS, 1) for folder in floor]


def test_readme_shows_the_two_commands_and_the_licence() -> None:
    text = (CHECKOUT / "README.md").read_text("utf-8")
    for words in ("make run", "make test", "gunicorn app:server", "JIRA_TOKEN", "MIT", "docs/images/"):
        assert words in text
