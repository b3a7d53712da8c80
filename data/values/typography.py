"""Words as people read them: typographic quotes for docstrings in the page, and names in a row."""

from __future__ import annotations

import re
from collections.abc import Sequence


def typeset(text: str) -> str:
    """`text` with the quotes and apostrophes of the page; examples of code after it stay as they are.

    >>> typeset('An item\\'s time, "lead time".')
    'An item’s time, “lead time”.'
    >>> typeset('Counted.\\n\\n>>> say("it")')
    'Counted.\\n\\n>>> say("it")'
    """
    words, mark, code = text.partition(">>>")
    return re.sub(r"(?<=\w)'", "’", re.sub(r'"([^"]+)"', r"“\1”", words)) + mark + code


def listed(names: Sequence[str]) -> str:
    """
    >>> listed(["status"]), listed(["status", "labels", "resolution"])
    ('status', 'status, labels and resolution')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
