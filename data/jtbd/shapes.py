"""Checks spec files against SHACL shapes; needs pyshacl, which is not needed for anything else."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

from data.jtbd.dialects import OURS, last_part
from data.jtbd.library import files_in, name_in
from data.jtbd.specs import SpecProblem
from data.values.errors import AppError

_SHAPES = Path(__file__).parent / "ontology" / "shapes.ttl"
_SH = "http://www.w3.org/ns/shacl#"


class ShapesUnavailable(AppError, RuntimeError):
    """pyshacl is not installed."""

    code = "shapes_unavailable"


def validate(folder: Path) -> list[SpecProblem]:
    """What the shapes say of each Turtle file that can be read. Raises ShapesUnavailable.

    Names of other vocabularies are ours before the shapes see them; files name things in one another, so all of them
    are checked together.
    """
    try:
        import pyshacl
        import rdflib
    except ImportError as error:
        raise ShapesUnavailable(
            "Checking shapes needs the package pyshacl. Install it: "
            ".venv/bin/python -m uv pip install --require-hashes -r requirements-extras.txt"
        ) from error
    from data.jtbd.turtle import SpecError, normalised

    graph = rdflib.Graph()
    where: dict[str, tuple[str, int]] = {}
    for path in files_in(folder):
        try:
            name = name_in(folder, path)
            text, lines = normalised(path.read_bytes(), name)
        except (SpecError, OSError):
            continue  # the sync itself says what is wrong with it
        part = rdflib.Graph().parse(data=text, format="nt")
        graph += part
        for subject in dict.fromkeys(part.subjects()):
            where.setdefault(str(subject), (name, lines.get(last_part(str(subject)), 0)))
    with contextlib.redirect_stderr(io.StringIO()):
        # Nothing is fetched: no imports are followed, no rules or scripts are run.
        _, found, _ = pyshacl.validate(
            graph,
            shacl_graph=rdflib.Graph().parse(_SHAPES),
            inference="none",
            advanced=False,
            js=False,
            do_owl_imports=False,
        )
    return sorted(
        (
            _problem(found, each, where)
            for each in found.subjects(rdflib.RDF.type, rdflib.URIRef(_SH + "ValidationResult"))
        ),
        key=str,
    )


def _problem(found: Any, result: Any, where: dict[str, tuple[str, int]]) -> SpecProblem:
    import rdflib

    def told(name: str) -> str:
        return str(found.value(result, rdflib.URIRef(_SH + name)) or "")

    focus, path = told("focusNode"), told("resultPath").removeprefix(OURS)
    file, line = where.get(focus, ("", 0))
    return SpecProblem(file, line, f"{last_part(focus)}: {told('resultMessage') or path}")
