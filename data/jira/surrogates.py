"""JSON escapes for half a character, which Jira passes on when somebody pastes one, and which no strict reader
takes.
"""

from __future__ import annotations

import re

# A backslash that is escaped itself, a pair of halves, or a half alone: only the last is replaced.
_ESCAPES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


def without_half_characters(body: bytes) -> bytes:
    r"""`body` with the replacement character in place of each half.

    >>> without_half_characters(rb'"\ud83d\ude00 \ud800 \\ud800"').decode()
    '"\\ud83d\\ude00 \\ufffd \\\\ud800"'
    """
    return _ESCAPES.sub(lambda found: rb"\ufffd" if found["half"] else found[0], body)
