"""Answers travel compressed; what never changes is compressed once."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict

from flask import Flask, Response, request

_KINDS = ("text/", "application/json", "application/javascript", "image/svg+xml", "application/xml")
_SMALLEST = 600  # bytes; below it the header costs more than it saves
_KEPT: OrderedDict[bytes, bytes] = OrderedDict()
_KEPT_MOST = 64
_LOCK = threading.Lock()


def compress(server: Flask) -> None:
    """Gzip every text answer for browsers that take it."""

    @server.after_request
    def shrink(answer: Response) -> Response:
        return _shrunk(answer)


def _shrunk(answer: Response) -> Response:
    if not _worth_it(answer):
        return answer
    answer.direct_passthrough = False
    body = answer.get_data()
    if len(body) < _SMALLEST:
        return answer
    lasting = "immutable" in (answer.headers.get("Cache-Control") or "")
    answer.set_data(_kept(body) if lasting else gzip.compress(body, 5, mtime=0))
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers.add("Vary", "Accept-Encoding")
    answer.headers.pop("ETag", None)
    return answer


def _worth_it(answer: Response) -> bool:
    return (
        answer.status_code == 200
        and request.method in ("GET", "POST")
        and "gzip" in request.headers.get("Accept-Encoding", "").lower()
        and "Content-Encoding" not in answer.headers
        and "Content-Range" not in answer.headers
        and (answer.mimetype or "").startswith(_KINDS)
    )


def _kept(body: bytes) -> bytes:
    """By content: whoever asks for one file under many addresses fills nothing."""
    name = hashlib.blake2b(body, digest_size=16).digest()
    with _LOCK:
        known = _KEPT.get(name)
        if known is not None:
            _KEPT.move_to_end(name)
            return known
    made = gzip.compress(body, 8, mtime=0)
    with _LOCK:
        _KEPT[name] = made
        while len(_KEPT) > _KEPT_MOST:
            _KEPT.popitem(last=False)
    return made
