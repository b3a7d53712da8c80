"""What can be wrong with a question, each with the field of the spec that it is about."""

from __future__ import annotations

from data.values.errors import AppError
from data.values.problem import Problem


class BadSpec(AppError, ValueError):
    """A spec that cannot be answered. `field`: where, as a path: "filters.0.op"; empty for the whole."""

    code = "query_spec"
    usage = True

    def __init__(self, field: str, what: str, todo: str = "") -> None:
        self.field = field
        super().__init__(Problem(f"{field}: {what}" if field else what, todo=todo))


class QueryStopped(AppError):
    """The question took too long, or needed too much memory."""

    code = "query_stopped"
