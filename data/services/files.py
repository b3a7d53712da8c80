"""Files that people ask for, such as reports and exports: there whole, or as they were before."""

from __future__ import annotations

import os
from pathlib import Path

from data.platform.files import write_atomic


def write_file(path: Path, content: bytes) -> None:
    """Write an answer to a file that a person named, readable as the system's mask says. What is no plain file, such as
    /dev/stdout or a pipe, is written to as it is. Raises OSError; then a file of that name is as it was.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    mask = os.umask(0)
    os.umask(mask)
    write_atomic(path, content, 0o666 & ~mask)
