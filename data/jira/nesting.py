"""JSON that is nested so deeply that no usual reader takes it: what lies too deep is cut out, without recursion."""

from __future__ import annotations

import re

MOST_LEVELS = 200
MOST_BYTES = 32 * 1024 * 1024  # of a text that is worth the trouble
MOST_DEPTH = 50_000  # no text that people write in Jira has room for more
_TOLD = 4  # names or positions that tell where something was cut
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},:]', re.DOTALL)
Place = tuple[bytes | int, ...]


def cut_deep(text: bytes, most: int = MOST_LEVELS) -> tuple[bytes, list[Place]]:
    """The JSON with null in place of what is nested deeper than `most` levels, and where that was.

    Raises ValueError beyond MOST_DEPTH levels.

    >>> cut_deep(b'{"a": [1, [2, [3]]], "b": 4}', 2)
    (b'{"a": [1, null], "b": 4}', [(b'a', 1)])
    """
    kept: list[bytes] = []
    places: list[Place] = []
    path: list[bytes | int] = []  # of the outermost levels
    depth = begin = cut_from = 0
    name = b""
    for match in _TOKEN.finditer(text):
        token = match[0][:1]
        if token in b"[{":
            depth += 1
            if depth > MOST_DEPTH:
                raise ValueError("nothing but depth")
            if depth == most + 1:
                cut_from = match.start()
            if depth <= _TOLD:
                path.append(0 if token == b"[" else b"")
        elif token in b"]}":
            if depth == most + 1:
                kept += [text[begin:cut_from], b"null"]
                begin = match.end()
                places.append(tuple(path[:most]))
            if 0 < depth <= _TOLD:
                path.pop()
            depth -= 1
        elif not 0 < depth <= _TOLD:
            continue
        elif token == b'"':
            name = match[0][1:-1]
        elif token == b":":
            path[-1] = name
        elif isinstance(path[-1], int):
            path[-1] += 1
    return b"".join([*kept, text[begin:]]), places


def is_deep(text: str, most: int = MOST_LEVELS) -> bool:
    """Whether a JSON text is nested deeper than `most` levels.

    >>> is_deep("[[1]]", 1), is_deep("[[1]]", 2)
    (True, False)
    """
    if text.count("[") + text.count("{") <= most:
        return False
    return bool(cut_deep(text.encode(), most)[1])
