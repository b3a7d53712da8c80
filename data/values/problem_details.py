"""An error as programs read it: problem details (RFC 9457) with the words and the code of the one error tree."""

from __future__ import annotations

from data.values.problem import Problem

MEDIA_TYPE = "application/problem+json"
ABOUT = "/api/v1/docs#problem-"  # where each code is explained

# Codes of refusals that HTTP itself has a status for.
CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "not_allowed",
    404: "no_such_address",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    414: "address_too_long",
    415: "unsupported_media_type",
    422: "not_processable",
    429: "too_many_requests",
    431: "headers_too_large",
}


def problem_details(
    code: str, problem: Problem, status: int, *, address: str = "", request: str = "", **more: object
) -> dict[str, object]:
    """The members of the answer. `address`: the path that was asked for; `request`: its name in the log.

    >>> found = problem_details("period", Problem("It ends before it starts.", "", "Swap the dates."), 400)
    >>> found["title"], found["status"], found["todo"], found["type"]
    ('It ends before it starts.', 400, 'Swap the dates.', '/api/v1/docs#problem-period')
    """
    found: dict[str, object] = {
        "type": f"{ABOUT}{code}",
        "title": problem.what,
        "status": status,
        "detail": str(problem),
        "code": code,
        "what": problem.what,
        "why": problem.why,
        "todo": problem.todo,
    }
    if address:
        found["instance"] = address
    if request:
        found["request"] = request
    return found | more


def code_of_status(status: int) -> str:
    """The code of a refusal that has no code of its own.

    >>> code_of_status(405), code_of_status(409), code_of_status(503)
    ('method_not_allowed', 'bad_request', 'unexpected')
    """
    return CODES.get(status, "bad_request" if status < 500 else "unexpected")
