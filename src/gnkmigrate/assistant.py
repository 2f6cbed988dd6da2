"""A server of the Model Context Protocol with which an assistant looks at a database.

Each session is read-only, and no tool takes an address or a file, so that a text that the assistant
has read cannot lead it elsewhere. https://modelcontextprotocol.io
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from gnkmigrate import __version__
from gnkmigrate.audit import checks
from gnkmigrate.audit.explain import explain
from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.selection import Selection
from gnkmigrate.audit.session import audit_project
from gnkmigrate.diff.compared import Compared
from gnkmigrate.diff.likely_renames import likely_renames
from gnkmigrate.diff.settling import leave_open
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.project_plan import plan_project
from gnkmigrate.render import renderer
from gnkmigrate.render.parts.view import View
from gnkmigrate.run.overview import overview
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.settings import Settings
from gnkmigrate.text.redaction import redact

_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
_ABOUT = (
    "Audits a live PostgreSQL database against its declared target, and shows differences, the SQL"
    " that would close them, and where migrations stand. Nothing is ever changed: what is shown is"
    " for a person to run."
)

P = ParamSpec("P")


def server(settings: Settings, url: DatabaseUrl) -> MCPServer:
    """The server, ready to run.

    Args:
        settings: the project.
        url: the live database; its role's rights are the limits of what can be seen.
    """
    made: MCPServer = MCPServer(
        "gnkmigrate",
        instructions=_ABOUT,
        version=__version__,
        log_level="WARNING",  # an editor shows what is on stderr as the server's errors
    )
    tools = _Tools(settings, url)
    for tool in (tools.audit, tools.explain, tools.diff, tools.plan, tools.status):
        made.tool(annotations=_READS, structured_output=False)(_explained(tool))
    return made


class _Tools:
    """What an assistant may ask; it sees the docstrings."""

    def __init__(self, settings: Settings, url: DatabaseUrl) -> None:
        self._settings = settings
        self._url = url

    def audit(self, only: list[str] | None = None, rows: bool = False) -> str:
        """Audit the live database: gaps to the target, and findings of all checks, as JSON.

        Args:
            only: ids or names of checks, such as GNK-S002; all where nothing is said.
            rows: whether to look at rows as well, which reads tables.
        """
        options = AuditOptions(selection=Selection(only=tuple(only or ())), data_checks=rows)
        result = audit_project(
            self._settings, self._url, options, datetime.now(UTC), lambda _: None
        )
        return _document("audit", result)

    def explain(self, check: str) -> str:
        """What a check is about, as Markdown: why it matters, and what to do.

        Args:
            check: its id or name, such as GNK-S002.
        """
        known = (*checks.discover(), *Policy.of(self._settings).project_checks)
        return explain(check, known)

    def diff(self) -> str:
        """The differences from the live database to its target, as JSON."""
        planned = plan_project(self._settings, self._url, None, decide=leave_open)
        source, target = planned.source, planned.target
        likely = likely_renames(planned.changes, source, target, planned.hints)
        omitted = planned.not_compared
        return _document("diff", Compared(planned.changes, source, target, likely, omitted))

    def plan(self) -> str:
        """The SQL that would take the live database to its target, with locks and losses, as JSON.

        It runs nothing. A person proves it with `gnkmigrate plan --prove` and runs it with
        `gnkmigrate apply`.
        """
        return _document("plan", plan_project(self._settings, self._url, None))

    def status(self) -> str:
        """Where every phase of the migration stands, as JSON."""
        phases = load_all_phases(self._settings.path(self._settings.migrations))
        return _document("status", overview(self._url, phases))


def _document(subject: str, result: object) -> str:
    return renderer(subject, "json")(result, View())


def _explained(tool: Callable[P, str]) -> Callable[P, str]:
    """The same; errors are in our words, and hold no password."""

    @wraps(tool)
    def told(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return tool(*args, **kwargs)
        except GnkMigrateError as error:
            lines = (error.message, *error.details, error.hint)
            raise ToolError(redact("\n".join(filter(None, lines)))) from None

    return told
