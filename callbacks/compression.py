"""Compresses answers (Flask-Compress); an answer that stays the same is compressed once."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from flask import Flask, Response, g
from flask_compress import Compress

SMALLEST = 600  # bytes; below it the header costs more than it saves
_SETTINGS = {
    "COMPRESS_REGISTER": False,  # our own hook decides what is compressed
    "COMPRESS_ALGORITHM": ["zstd", "gzip"],  # zstd makes the same size of a page for a sixth of the time
    "COMPRESS_LEVEL": 5,
    "COMPRESS_MIN_SIZE": SMALLEST,
    "COMPRESS_MIMETYPES": [
        "application/javascript",
        "application/json",
        "application/xml",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/plain",
    ],
}
_KEPT_MOST = 64


def keep_compressed(name: str) -> None:
    """Say that the answer to this request is the same whenever it has this name, so that it is compressed once."""
    g.compressed_as = name


def compress(server: Flask) -> None:
    """Compress every text answer for browsers that take it."""
    kept = KeptBodies()
    server.extensions["compressed"] = kept
    server.config.update(_SETTINGS, COMPRESS_CACHE_KEY=_name_of_answer, COMPRESS_CACHE_BACKEND=lambda: kept)
    extension = Compress(server)

    @server.after_request
    def shrink(answer: Response) -> Response:
        if answer.mimetype == "text/event-stream":  # events leave one by one
            return answer
        if answer.status_code != 200:  # a part of a file (206) has to stay as it is, a refusal is short
            return answer
        if not answer.is_streamed and (answer.content_length or 0) < SMALLEST:
            return answer
        if answer.is_streamed:  # our files are small; read whole, they are closed as well
            answer.direct_passthrough = False
            answer.make_sequence()
        if "immutable" in (answer.headers.get("Cache-Control") or "") and "compressed_as" not in g:
            # By content: whoever asks for one file under many addresses fills nothing.
            keep_compressed(hashlib.blake2b(answer.get_data(), digest_size=16).hexdigest())
        return extension.after_request(answer)


def _name_of_answer(_request: object = None) -> str:
    return str(g.get("compressed_as", ""))


class KeptBodies:
    """Compressed bodies of answers that have a name; the least used go first. Safe in several threads."""

    def __init__(self, most: int = _KEPT_MOST) -> None:
        self._most = most
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._guard = threading.Lock()

    def __len__(self) -> int:
        return len(self._bodies)

    def get(self, key: str) -> bytes | None:
        """What Flask-Compress put there; `key` is the way of compression and the name of the answer: "gzip;name"."""
        with self._guard:
            found = self._bodies.get(key)
            if found is not None:
                self._bodies.move_to_end(key)
            return found

    def set(self, key: str, value: bytes) -> None:
        """Keep a body, if its answer has a name."""
        if key.endswith(";"):
            return
        with self._guard:
            self._bodies[key] = value
            self._bodies.move_to_end(key)
            while len(self._bodies) > self._most:
                self._bodies.popitem(last=False)
