"""How the numbers of a cache entry stand in the file: values as they are, details packed, so that a hundred fit."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from data.values.details import Details
from data.values.metric_value import MetricValue

MOST_BYTES = 2_000_000  # of the details of one entry, unpacked
_LEVEL = 9
# Names that occur in every entry need no place in it. Where they change, what was packed before cannot be read.
_NAMES = ('":null,"'.join(Details.__annotations__) + '","interval":["trend_interval":[').encode()


def pack(values: Sequence[MetricValue], entry: Mapping[str, Any]) -> dict[str, Any]:
    """`metrics`: name → value without its details and without what the entry says for all; `details`: the details,
    packed. Numbers of NumPy are the numbers they are; anything else that is not JSON is its text.
    """
    whole: dict[str, dict[str, Any]] = msgspec.json.decode(
        msgspec.json.encode({value.metric_name: value.to_dict() for value in values}, enc_hook=plain)
    )
    details = {name: value.pop("details") for name, value in whole.items()}
    packer = zlib.compressobj(_LEVEL, zdict=_NAMES)
    packed = packer.compress(msgspec.json.encode(details)) + packer.flush()
    missing = object()
    metrics = {
        name: {key: each for key, each in value.items() if entry.get(key, missing) != each}
        for name, value in whole.items()
    }
    return {"metrics": metrics, "details": base64.b85encode(packed).decode("ascii")}


def unpack(entry: Mapping[str, Any]) -> list[MetricValue]:
    """The numbers of an entry, as they were packed. Raises KeyError, TypeError or ValueError for what is none."""
    unpacker = zlib.decompressobj(zdict=_NAMES)
    try:
        text = unpacker.decompress(base64.b85decode(entry["details"]), MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"the details cannot be unpacked: {error}") from error
    if not unpacker.eof:
        raise ValueError("the details are cut or too long")
    details: dict[str, Details] = msgspec.json.decode(text)
    shared = {name: entry[name] for name in ("metric_type", "time_period_start", "time_period_end") if name in entry}
    return [
        MetricValue.from_dict({**shared, **value, "details": details[name]}) for name, value in entry["metrics"].items()
    ]


def plain(value: Any) -> Any:  # Any: whatever a metric puts into its details
    """NumPy scalars as the numbers they are; anything else as its text."""
    return value.item() if hasattr(value, "item") else str(value)
