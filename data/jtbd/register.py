"""The register of jobs in Markdown: read and written without loss, mis-encoded characters repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.platform.files import opened, write_atomic
from data.values.errors import AppError
from data.values.names import name_key

VIEWS = ("Logical", "Process", "Development", "Physical", "Scenarios")
SUPERPOWERS = ("Writing-Plans", "Sequential-Thinking", "Scalability Planning")
_ROWS = (("Situation", "situation"), ("Pattern", "pattern"), ("Metric", "metric"), ("Superpower", "superpower"),
         ("Target Views", "views"), ("Issues", "issues"))  # a table: kept in its rows  # fmt: skip
_HEAD = re.compile(r"^###\s+(?P<id>[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9._-]+):\s*(?P<title>.*?)\s*$")
_ANY_HEAD = re.compile(r"^#{1,3}\s|^---\s*$")
_ROW = re.compile(r"^\|\s*\*\*(?P<name>[^*|]+)\*\*\s*\|(?P<value>.*)\|\s*$")
_LIST_HEAD = re.compile(r"^\*\*(?P<name>Deliverables|Sequential Steps|Steps)\*\*:\s*$", re.IGNORECASE)
_ENTRY = re.compile(r"^\s*(?:[-*]|\d+[.)])\s+\[(?P<mark>[ xX])\]\s+(?P<text>.*?)\s*$")
_KEY = re.compile(r"\b[A-Z][A-Z0-9_]+-\d+\b")
# Runs of characters that UTF-8 bytes become when they are read as Windows-1252 or Latin-1.
_RUN = re.compile(
    r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2,}"
)
MOST_BYTES = 2_000_000


class RegisterError(AppError, ValueError):
    """The register cannot be used; the message says why and what to do."""

    code = "register"


@dataclass(frozen=True)
class Deliverable:
    """A line of a list of deliverables or steps."""

    text: str
    ticked: bool = False

    @property
    def issues(self) -> tuple[str, ...]:
        """Keys of Jira issues that it names."""
        return tuple(dict.fromkeys(_KEY.findall(self.text)))


@dataclass(frozen=True)
class RegisterJob:
    """One job: given a situation the system must follow a pattern, to ensure a metric.

    `issues`: how Jira issues are linked, separated by commas: keys, or `label name`.
    """

    id: str
    title: str
    situation: str = ""
    pattern: str = ""
    metric: str = ""
    superpower: str = ""
    views: str = ""
    issues: str = ""
    steps: bool = False  # a numbered sequence instead of a list
    deliverables: tuple[Deliverable, ...] = ()

    @property
    def sentence(self) -> str:
        """
        >>> RegisterJob("J-1", "x", "Risk of node failure", "replicate", "RPO=0").sentence
        'Given risk of node failure, the system must replicate, to ensure RPO=0.'
        """
        parts = [_lower(each) or "…" for each in (self.situation, self.pattern, self.metric)]
        return f"Given {parts[0]}, the system must {parts[1]}, to ensure {parts[2]}."

    @property
    def target_views(self) -> tuple[str, ...]:
        return tuple(each.strip() for each in re.split(r"[,/]", self.views) if each.strip())

    @property
    def issue_keys(self) -> tuple[str, ...]:
        """Keys named in the row Issues and in deliverables."""
        named = [self.issues, *(each.text for each in self.deliverables)]
        return tuple(dict.fromkeys(key for text in named for key in _KEY.findall(text)))

    @property
    def issue_labels(self) -> tuple[str, ...]:
        found = (re.match(r"label[:\s]\s*(.+)", each.strip(), re.IGNORECASE) for each in self.issues.split(","))
        return tuple(each[1].strip() for each in found if each)


@dataclass(frozen=True)
class Block:
    """A job as it stands in the file, and under which heading."""

    job: RegisterJob
    text: str
    section: str = ""


@dataclass(frozen=True)
class Register:
    """A document: text and jobs in turn. What is not changed is written as it was read."""

    parts: tuple[str | Block, ...] = ()
    repaired: int = field(default=0, compare=False)  # mis-encoded places

    @property
    def jobs(self) -> list[RegisterJob]:
        return [each.job for each in self.parts if isinstance(each, Block)]

    @property
    def core(self) -> list[RegisterJob]:
        """The jobs below a heading that says "core"; all where there is none."""
        blocks = [each for each in self.parts if isinstance(each, Block)]
        found = [each.job for each in blocks if "core" in name_key(each.section)]
        return found or [each.job for each in blocks]

    def text(self) -> str:
        """The document as Markdown."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def with_job(self, job: RegisterJob) -> Register:
        """The same with a job in the place of the one with its id, or after the last job."""
        for n, part in enumerate(self.parts):
            if isinstance(part, Block) and part.job.id == job.id:
                made = replace(part, job=job, text=part.text if job == part.job else _markdown(job, part.text))
                return replace(self, parts=(*self.parts[:n], made, *self.parts[n + 1 :]))
        places = [n for n, part in enumerate(self.parts) if isinstance(part, Block)]
        if not places:
            before = self.text()
            gap = "" if not before or before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
            return Register((*self.parts, gap + ("# Jobs\n\n" if not before else ""), Block(job, _markdown(job))))
        last = places[-1]
        previous = self.parts[last]
        assert isinstance(previous, Block)  # noqa: S101 - chosen as one
        made = Block(job, "\n---\n\n" + _markdown(job), previous.section)
        return replace(self, parts=(*self.parts[: last + 1], made, *self.parts[last + 1 :]))


def repair(text: str) -> tuple[str, int]:
    """Text in which UTF-8 that was read as Windows-1252 is itself again, and how many places that were.

    >>> repair("maps to â‰¥1 superpower, naïve café")
    ('maps to ≥1 superpower, naïve café', 1)
    """
    count = 0

    def mended(match: re.Match[str]) -> str:
        nonlocal count
        run = match[0]
        try:
            good = b"".join(_byte(each) for each in run).decode("utf-8")
        except (UnicodeDecodeError, UnicodeEncodeError):
            return run
        count += 1
        return good

    return _RUN.sub(mended, text), count


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")  # five bytes that Windows-1252 leaves open


def read_register(path: Path) -> Register:
    """The register in a file; an empty one where there is none. Raises RegisterError."""
    try:
        with opened(path) as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Register()
    except OSError as error:
        raise RegisterError(f"{path.name} cannot be read: {error.strerror or error}. Check its permissions.") from error
    if len(content) > MOST_BYTES:
        raise RegisterError(f"{path.name} has more than {MOST_BYTES:,} bytes. Split it.")
    return parse(content.decode("utf-8", "surrogateescape"))


def write_register(path: Path, register: Register) -> None:
    """Replace the file, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, register.text().encode("utf-8", "surrogateescape"), 0o644)


def parse(text: str) -> Register:
    """The register in a text. What is no job stays as it is, templates of jobs too."""
    text, repaired = repair(text)
    lines = text.splitlines(keepends=True)
    parts: list[str | Block] = []
    plain: list[str] = []
    section, n, fenced = "", 0, False
    while n < len(lines):
        line = lines[n]
        if line.startswith("```"):
            fenced = not fenced
        if not fenced and line.startswith("## "):
            section = line[3:].strip()
        head = None if fenced else _HEAD.match(line)
        if head is None:
            plain.append(line)
            n += 1
            continue
        end = n + 1
        while end < len(lines) and not _ANY_HEAD.match(lines[end]):
            end += 1
        while end > n + 1 and not lines[end - 1].strip():
            end -= 1  # blank lines belong to what follows
        if plain:
            parts.append("".join(plain))
            plain = []
        block = "".join(lines[n:end])
        parts.append(Block(_job(head, block), block, section))
        n = end
    if plain:
        parts.append("".join(plain))
    return Register(tuple(parts), repaired)


def _job(head: re.Match[str], block: str) -> RegisterJob:
    names = {name_key(title): name for title, name in _ROWS}
    values: dict[str, str] = {}
    entries: list[Deliverable] = []
    steps = False
    for line in block.splitlines():
        if row := _ROW.match(line):
            name = names.get(name_key(row["name"]))
            if name:
                values[name] = row["value"].strip().replace("\\|", "|")
        elif listed := _LIST_HEAD.match(line):
            steps = "steps" in name_key(listed["name"])
        elif entry := _ENTRY.match(line):
            entries.append(Deliverable(entry["text"], entry["mark"] != " "))
    return RegisterJob(head["id"], head["title"], **values, steps=steps, deliverables=tuple(entries))


def _markdown(job: RegisterJob, before: str = "") -> str:
    """A job in the form of the template; lines of the earlier text that say something else are kept at its end."""
    rows = [f"| **{title}** | {_cell(getattr(job, name))} |" for title, name in _ROWS if name != "issues" or job.issues]
    out = [f"### {job.id}: {_line(job.title)}", "", "| Field | Value |", "|-------|-------|", *rows]
    if job.deliverables or job.steps:
        out += ["", f"**{'Sequential Steps' if job.steps else 'Deliverables'}**:"]
        for n, each in enumerate(job.deliverables, 1):
            out.append(f"{f'{n}.' if job.steps else '-'} [{'x' if each.ticked else ' '}] {_line(each.text)}")
    rest = [line for line in before.splitlines()[1:] if line.strip() and not _known(line)]
    lead = re.match(r"(?:\s|---)*", before)
    return (lead[0] if lead else "") + "\n".join([*out, *(["", *rest] if rest else [])]) + "\n"


def _known(line: str) -> bool:
    row = _ROW.match(line)
    if row:
        return name_key(row["name"]) in {name_key(title) for title, _ in _ROWS}
    return bool(
        _LIST_HEAD.match(line)
        or _ENTRY.match(line)
        or _HEAD.match(line)
        or re.match(r"^\|[\s|:-]*\|\s*$|^\|\s*Field\s*\|", line)
    )


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _line(text: str) -> str:
    """On one line: a table has no others."""
    return re.sub(r"\s+", " ", text).strip()


def _lower(text: str) -> str:
    """The first letter small, unless the word is a name or an abbreviation."""
    text = text.strip().rstrip(".")
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first[1:] == first[1:].lower() and first[:1].isalpha() else text


def next_id(register: Register, prefix: str = "JTBD") -> str:
    """
    >>> next_id(Register((Block(RegisterJob("JTBD-04", "x"), ""),)))
    'JTBD-05'
    """
    numbers = [int(each[1]) for job in register.jobs if (each := re.fullmatch(rf"{prefix}-(\d+)", job.id))]
    return f"{prefix}-{max(numbers, default=0) + 1:02d}"
