"""`mcp`: a door for assistants that speak the Model Context Protocol, over standard input and output."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cli import sites
from cli.failures import CommandFailed, sentence
from data.platform.logs import SECRETS

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

    from data.services.services import Services

INSTRUCTIONS = (
    "Numbers of software delivery from Jira: DORA, flow, sprints, quality and more. Give every number with its unit, "
    "its period and how many issues it rests on. Where a number is missing, say the reason that is given. Begin with "
    "list_metrics; describe says what a metric means; issues_behind lists what a number is made of."
)


def mcp() -> int:
    """Answer an assistant over standard input and output (Model Context Protocol). It only reads (docs/mcp.md)."""
    services, _ = sites.with_data()
    server_of(services).run("stdio")
    return 0


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
