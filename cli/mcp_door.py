"""`mcp`: a door for assistants that speak the Model Context Protocol, over standard input and output."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from cli import sites
from cli.failures import INTERRUPTED, CommandFailed, sentence
from cli.printing import notice
from data.platform.logs import SECRETS

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP
    from mcp.shared.message import SessionMessage

    from data.services.services import Services

NO_REQUEST = "server-error"  # the library knows no null; this is what its HTTP transport writes, too
INSTRUCTIONS = (
    "Numbers of software delivery from Jira: DORA, flow, sprints, quality and more. Give every number with its unit, "
    "its period and how many issues it rests on. Where a number is missing, say the reason that is given. Begin with "
    "list_metrics; describe says what a metric means; issues_behind lists what a number is made of."
)


def mcp() -> int:
    """Answer an assistant over standard input and output (Model Context Protocol). It only reads (docs/mcp.md)."""
    services, _ = sites.with_data()
    server = server_of(services)
    import anyio  # comes with the package that `server_of` looks for

    if sys.stdin.isatty():
        notice("Waiting for an assistant (Model Context Protocol). Ctrl-C stops it. Set-up: docs/mcp.md")
        signal.signal(signal.SIGINT, _leave)  # a thread waits for a line, and would keep the process until one comes
    anyio.run(_serve, server)
    return 0


def _leave(_number: int, _frame: object) -> NoReturn:
    """End at once: the door only reads, so there is nothing to put away."""
    print("\nStopped.", file=sys.stderr, flush=True)
    os._exit(INTERRUPTED)


async def _serve(server: FastMCP[Any]) -> None:
    """Answer over standard input and output; a line that is no message is answered with the error of the protocol."""
    import anyio
    from mcp.server.stdio import stdio_server
    from mcp.shared.message import SessionMessage

    answering = server._mcp_server  # what its own `run_stdio_async` runs
    passes, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)

    async with stdio_server() as (lines, write), anyio.create_task_group() as tasks:

        async def understood() -> None:
            async with passes:
                async for each in lines:
                    if isinstance(each, SessionMessage):
                        await passes.send(each)
                    else:
                        await write.send(_refusal(each))

        tasks.start_soon(understood)
        await answering.run(read, write, answering.create_initialization_options())


def _refusal(error: Exception) -> SessionMessage:
    """The answer to a line that is not JSON, or not a message of the protocol."""
    from mcp.shared.message import SessionMessage
    from mcp.types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError, JSONRPCMessage
    from pydantic import ValidationError

    is_json = not (isinstance(error, ValidationError) and error.errors()[0]["type"] == "json_invalid")
    code, what = (INVALID_REQUEST, "not a message of the protocol") if is_json else (PARSE_ERROR, "not JSON")
    told = ErrorData(code=code, message=f"The line is {what}. Each line is one JSON-RPC 2.0 message (docs/mcp.md).")
    return SessionMessage(JSONRPCMessage(JSONRPCError(jsonrpc="2.0", id=NO_REQUEST, error=told)))


def server_of(services: Services) -> FastMCP[Any]:
    """The MCP server on some services. Raises CommandFailed where the package is not installed."""
    from cli.mcp_tools import Tools

    try:
        from mcp.server.fastmcp import FastMCP
        from mcp.types import ToolAnnotations
    except ImportError as error:
        raise CommandFailed(
            "This needs the Python package mcp. Install it: .venv/bin/python -m uv pip install --require-hashes -r "
            "requirements-extras.txt"
        ) from error
    server: FastMCP[Any] = FastMCP("throughline", instructions=INSTRUCTIONS, log_level="WARNING")
    reads = ToolAnnotations(readOnlyHint=True, destructiveHint=False, idempotentHint=True, openWorldHint=False)
    for tool in Tools(services).all():
        server.add_tool(_explained(tool), annotations=reads)
    return server


def _explained(tool: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The tool, whose failures are sentences without secrets."""

    @functools.wraps(tool)
    def answered(*args: Any, **more: Any) -> dict[str, Any]:
        from mcp.server.fastmcp.exceptions import ToolError

        try:
            return tool(*args, **more)
        except Exception as error:
            raise ToolError(SECRETS.clean(sentence(error))) from error

    return answered
