"""The sample site as the app uses it: generated when needed, answering on this machine while somebody syncs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data.jtbd.storage import JobsStorage
    from data.settings.operation import JtbdSettings

ISSUES, SEED = 2000, 1
TEAMS = (("Web shop", "SHOP"), ("Payments", "PAY"), ("Platform", "OPS"))  # name and project
EXAMPLE_JOBS = Path(__file__).resolve().parents[1] / "examples" / "jtbd"


class SampleSite:
    """A believable Jira whose history ends now. Imports the generator only when used."""

    title = "Sample site"

    def __init__(self, issues: int = ISSUES, seed: int = SEED, teams: Sequence[tuple[str, str]] = ()) -> None:
        self._issues, self._seed = issues, seed
        self.teams = teams

    def preset(self) -> dict[str, Any]:
        """Settings that make the cards full."""
        from sample.generator import generate
        from sample.preset import preset

        return preset(generate(50, seed=self._seed, until=datetime.now(UTC).date()))

    @staticmethod
    def jobs(folder: Path, settings: JtbdSettings, clock: Callable[[], datetime]) -> JobsStorage:
        """The example jobs that go with it; their records are kept in `folder`."""
        from sample.jobs import ExampleJobs

        return ExampleJobs(folder, EXAMPLE_JOBS, settings, clock)

    @contextmanager
    def serve(self) -> Iterator[str]:
        """The site's address on this machine, while the context is open."""
        from sample.generator import generate
        from sample.server import SampleServer

        with SampleServer(generate(self._issues, seed=self._seed, until=datetime.now(UTC).date())) as server:
            yield server.url
