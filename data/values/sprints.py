"""What is told of sprints, as plain values: boards, a row for each sprint, one sprint with its issues."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.values.problem import Problem


@dataclass(frozen=True)
class BoardChoice:
    """A board to choose. `id` is what a link names; `sprints` how many were made on it."""

    id: str
    name: str
    sprints: int
    note: str = ""  # Kanban board, not readable, …


@dataclass(frozen=True)
class Part:
    """One part of the problematic score. `z`: how many standard deviations above the mean of the board's sprints."""

    name: str
    title: str
    value: float | None
    unit: str  # share (0.25 is 25 %) | issues | hours | times
    mean: float | None
    sd: float | None
    z: float | None
    weight: float

    @property
    def adds(self) -> float | None:
        """What it adds to the score."""
        return None if self.z is None else self.weight * self.z


@dataclass(frozen=True)
class SprintRow:
    """One sprint. Amounts in points or issues (see the page's unit); instants ISO 8601; None: not known."""

    id: str
    name: str
    board: str  # name of its board
    state: str  # future | active | closed
    start: str | None
    ends: str | None  # as planned
    close: str | None  # when it was completed
    committed: float | None = None
    added: float | None = None
    removed: float | None = None
    completed: float | None = None
    spilled: float | None = None
    spillover: float | None = None  # shares of what was committed
    churn: float | None = None
    accuracy: float | None = None
    score: float | None = None
    parts: tuple[Part, ...] = ()
    issues: dict[str, int] = field(default_factory=dict)  # committed, added, … always counted in issues
    notes: tuple[str, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    problem: str = ""  # why it has no numbers, or why they make no average
    no_score: str = ""  # why there is no score


@dataclass(frozen=True)
class Summary:
    """The last closed sprints of a board. Shares are of all that was committed in them, not means of shares."""

    sprints: int
    mean: float
    low: float
    high: float
    spillover: float | None
    churn: float | None
    accuracy: float | None
    all_sprints: int  # closed sprints with numbers
    percentiles: tuple[tuple[int, float], ...]  # of their velocity: (15, 24.0), …


@dataclass(frozen=True)
class Sprints:
    """A board and its sprints, the newest first."""

    boards: tuple[BoardChoice, ...] = ()
    board: BoardChoice | None = None
    unit: str = "issues"  # points | issues
    rows: tuple[SprintRow, ...] = ()
    total: int = 0  # sprints of the board; `rows` may be the newest of them
    summary: Summary | None = None
    weights: tuple[tuple[str, float], ...] = ()  # title of each part and its weight
    notes: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True)
class SprintIssue:
    """An issue in one of a sprint's lists."""

    key: str
    url: str
    summary: str
    type: str
    status: str  # now
    amount: float | None  # points at the instant that counts for the list; None: no estimate
    note: str = ""


@dataclass(frozen=True)
class IssueList:
    """Issues of a sprint under one heading; `total` of them, the first shown."""

    name: str
    title: str
    help: str
    amount: float
    total: int
    issues: tuple[SprintIssue, ...]


@dataclass(frozen=True)
class Burnup:
    """Scope and completed work at instants (ISO 8601) of a sprint."""

    at: tuple[str, ...] = ()
    scope: tuple[float, ...] = ()
    completed: tuple[float, ...] = ()


@dataclass(frozen=True)
class OneSprint:
    """A sprint with its issues."""

    row: SprintRow
    unit: str
    board: BoardChoice
    lists: tuple[IssueList, ...] = ()
    burnup: Burnup = Burnup()
    before: tuple[str, str] | None = None  # id and name of the sprint before, on its board
    after: tuple[str, str] | None = None
