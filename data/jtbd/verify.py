"""The five checks of the register: what fails in which job, and what to do."""

from __future__ import annotations

import re

from data.jtbd.quantities import UNITS, Quantity, quantity
from data.jtbd.register import SUPERPOWERS, VIEWS, Register, RegisterJob
from data.values.jobs import CheckRow
from data.values.names import name_key

# A number that says how much, and not which one (version 2, phase 3).
_AMOUNT = re.compile(
    r"(?<![\w.,/-])(?<!version )(?<!phase )(?<!step )(?<!release )(?<!level )(?<!tier )(?<!sprint )(?<!top )"
    r"\d+(?:[.,]\d+)*(?!/\d)",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"(?:[<>≤≥=]|\b(?:under|below|within|at (?:most|least)|(?:less|fewer|more) than)\b)\s*$", re.IGNORECASE
)
_COUNTED = re.compile(
    r"\s*(?:%|°|€|\$|/|per\b|x\b|[A-Za-zÄÖÜäöüß]*(?:s|ms|req|ops|qps|rps|rpm|[kMG]B)\b|(?:out )?of\s+\d)"
)
_NONE = re.compile(r"\b(?:zero|no|none|never)\s+[A-Za-z]", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:all|every|each|always)\b.*\b(?:pass(?:es|ed)?|exists?|green|answered|returned|compiles?|documented|covered|"
    r"tested|signed|encrypted|closed|resolved|reviewed|recorded|restored|readable|approved|validated|verified|stored|"
    r"logged|delivered|completed?|available|present|listed)\b",
    re.IGNORECASE,
)
_VERIFIES = re.compile(
    r"\b(test(s|ed|ing)?|verif\w*|validat\w*|check\w*|measur\w*|benchmark\w*|review\w*|analys[ie]s|prove[ns]?|audit\w*|"
    r"demonstrat\w*|passing|monitor\w*|alert\w*|zero)\b|[<>≤≥]|\b\d+(\.\d+)?\s*(%|ms|s|sec\w*|min\w*|hours?|days?|req/s)",
    re.IGNORECASE,
)


def verify(register: Register) -> list[CheckRow]:
    """The five checks of the template, in its order."""
    jobs, core = register.jobs, register.core
    known = _superpowers(register)
    return [
        _check(
            "Core jobs addressed",
            [f"{each.id}: {why}" for each in core if (why := _unaddressed(each))]
            if core
            else ["The register has no job."],
            "Fill in situation, pattern and metric, and list at least one deliverable.",
        ),
        _check(
            "Each job has a superpower",
            [f"{each.id}: {why}" for each in jobs if (why := _powerless(each, known))],
            f"Name one of: {', '.join(sorted(known))}.",
        ),
        _check(
            "Target views specified",
            [f"{each.id}: {why}" for each in jobs if (why := _unseen(each))],
            f"Name one or more of: {', '.join(VIEWS)}.",
        ),
        _check(
            "Metrics are quantifiable",
            [f"{each.id}: {why}" for each in jobs if (why := _unquantified(each.metric))],
            "Say how much: a number with its unit (p99 < 50 ms), or a condition that can be checked (all "
            "tests pass, no write is lost).",
        ),
        _check(
            "Deliverables have verification steps",
            [f"{each.id}: nothing says how its deliverables are checked." for each in jobs if not _verified(each)],
            "Add a deliverable that tests or measures, a threshold, or the key of the issue that shows it is done.",
        ),
    ]


def _unquantified(metric: str) -> str:
    """Why a metric cannot be checked; "" where it can.

    >>> [_unquantified(each) for each in ("p99 latency <50ms", "RPO=0 (Zero Data Loss)", "Zero requests lost")]
    ['', '', '']
    >>> _unquantified("99.9 availability"), _unquantified("Version 2")
    ("'99.9 availability' has a number without a unit.", "'Version 2' names no number.")
    """
    if not metric.strip():
        return "no metric."
    if _NONE.search(metric) or _CONDITION.search(metric):
        return ""
    numbers = list(_AMOUNT.finditer(metric))
    for each in numbers:
        before, after = metric[: each.start()], metric[each.end() :]
        if _COUNTED.match(after) or _known_unit(each[0] + after) or (each[0] == "1" and re.match(r"\s[a-z]", after)):
            return ""
        if re.fullmatch(r"0+(?:[.,]0+)?", each[0]) and _COMPARED.search(before):
            return ""  # 0 of anything needs no unit
    return f"{metric!r} has a number without a unit." if numbers else f"{metric!r} names no number."


def _known_unit(text: str) -> bool:
    found = quantity(text)
    return isinstance(found, Quantity) and found.unit.split(" ")[0] in set(UNITS.values())


def _check(name: str, failing: list[str], todo: str) -> CheckRow:
    return CheckRow(name, not failing, tuple(failing), todo if failing else "")


def _unaddressed(job: RegisterJob) -> str:
    missing = [name for name in ("situation", "pattern", "metric") if not _filled(getattr(job, name))]
    if not job.deliverables:
        missing.append("deliverables" if not job.steps else "steps")
    return f"without {', '.join(missing)}." if missing else ""


def _powerless(job: RegisterJob, known: set[str]) -> str:
    named = [each.strip() for each in re.split(r"[,/]", job.superpower) if _filled(each)]
    if not named:
        return "none given."
    plain = {name_key(each) for each in known}
    strange = [each for each in named if name_key(each) not in plain]
    return f"{', '.join(strange)} is not known." if len(strange) == len(named) else ""


def _unseen(job: RegisterJob) -> str:
    if not job.target_views:
        return "none given."
    strange = [each for each in job.target_views if name_key(each) not in {name_key(view) for view in VIEWS}]
    return f"{', '.join(strange)} is no view." if strange else ""


def _verified(job: RegisterJob) -> bool:
    return any(each.issues or _VERIFIES.search(each.text) for each in job.deliverables)


def _filled(text: str) -> bool:
    """Whether somebody wrote something; a placeholder of the template is nothing."""
    return bool(text.strip()) and "{{" not in text


def _superpowers(register: Register) -> set[str]:
    """The usual ones, and those in the register's own table of superpowers."""
    text = "".join(each for each in register.parts if isinstance(each, str))
    table = text.partition("Superpower-to-JTBD Mapping")[2].partition("\n## ")[0]
    return set(SUPERPOWERS) | {each.strip() for each in re.findall(r"^\|\s*\*\*(.+?)\*\*\s*\|", table, re.MULTILINE)}
