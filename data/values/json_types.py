"""Names for what JSON becomes in Python."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]
"""A JSON object: names and values, whose kinds the place says."""
