"""On which lines of a Turtle file subjects and their properties stand; for files that were read without an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from data.jtbd.dialects import last_part, plain

_TOKEN = re.compile(
    r'''
    (?P<space>\s+|\#[^\n]*)
  | (?P<text>"""(?:[^"\\]|\\.|"(?!""))*+""" | "(?:[^"\\\n]|\\.)*+" | \'(?:[^\'\\\n]|\\.)*+\')
  | (?P<iri><[^<>\s]*>)
  | (?P<mark>[;,\[\]()])
  | (?P<word>[^\s;,\[\]()<"\'\#]+)
  | (?P<other>.)
    ''',
    re.VERBOSE | re.DOTALL,
)
_SKIPPED = {"@prefix", "@base"}
_SPARQL = {"prefix": 2, "base": 1}  # tokens that follow, without a point


@dataclass
class Lines:
    """`subjects`: last part of a name → its first line; `properties`: (last part of the subject, "" for a node without
    a name; property as the tables of dialects are keyed) → lines.
    """

    subjects: dict[str, int] = field(default_factory=dict)
    properties: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def of(self, subject: str, name: str) -> list[int]:
        """Lines of a property of a subject; those of the subject where it is not found."""
        found = self.properties.get((subject, plain(name))) or self.properties.get(("", plain(name)))
        return found or [self.subjects.get(subject, 0)]


@dataclass
class _Frame:
    subject: str = ""
    expects: str = "subject"  # subject | property | value | nothing | list


def lines_of(content: bytes) -> Lines:
    """Positions in a file; takes time linear in its size."""
    found, frames, line = Lines(), [_Frame()], 1
    skip = 0
    for match in _TOKEN.finditer(content.decode("utf-8", "replace")):
        text = match[0]
        if match.lastgroup != "space":
            if skip:
                skip -= 1
            else:
                skip = _step(found, frames, match.lastgroup or "", text, line)
        line += text.count("\n")
    return found


def _step(found: Lines, frames: list[_Frame], kind: str, text: str, line: int) -> int:
    """Take one token; gives how many of the next ones say nothing."""
    frame = frames[-1]
    if kind == "mark":
        _mark(frames, text)
        return 0
    if text == "." or (kind == "word" and text.endswith(".") and frame.expects != "subject"):
        if text != ".":
            _word(found, frame, text[:-1], line)
        if len(frames) == 1:
            frame.subject, frame.expects = "", "subject"
        return 0
    if frame.expects == "subject" and kind == "word":
        if text.lower() in _SKIPPED:
            frame.expects = "nothing"
            return 0
        if text.lower() in _SPARQL:
            return _SPARQL[text.lower()]
    _word(found, frame, text, line)
    return 0


def _mark(frames: list[_Frame], mark: str) -> None:
    frame = frames[-1]
    if mark == ";":
        frame.expects = "property"
    elif mark == ",":
        frame.expects = "value" if frame.expects != "list" else "list"
    elif mark == "[":
        frames.append(_Frame("", "property"))
    elif mark == "(":
        frames.append(_Frame("", "list"))
    elif len(frames) > 1:
        frames.pop()
        frames[-1].expects = {"subject": "property", "list": "list"}.get(frames[-1].expects, "nothing")


def _word(found: Lines, frame: _Frame, text: str, line: int) -> None:
    if frame.expects == "subject":
        frame.subject, frame.expects = last_part(text.strip("<>")), "property"
        found.subjects.setdefault(frame.subject, line)
    elif frame.expects == "property":
        found.properties.setdefault((frame.subject, plain(text.strip("<>"))), []).append(line)
        frame.expects = "value"
    elif frame.expects == "value":
        frame.expects = "nothing"
