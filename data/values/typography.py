"""Replaces straight quotes by typographic ones, for docstrings that people read in the page."""

from __future__ import annotations

import re


def typeset(text: str) -> str:
    """`text` with the quotes and apostrophes of the page; examples of code after it stay as they are.

    >>> typeset('An item\\'s time, "lead time".')
    'An item’s time, “lead time”.'
    >>> typeset('Counted.\\n\\n>>> say("it")')
    'Counted.\\n\\n>>> say("it")'
    """
    words, mark, code = text.partition(">>>")
    return re.sub(r"(?<=\w)'", "’", re.sub(r'"([^"]+)"', r"“\1”", words)) + mark + code
