"""Small drawings of weekly values as SVG inside the report; their colours are classes, so both themes fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

WIDTH, HEIGHT, PAD = 160, 40, 4
Limits = tuple[float, float, float]


def line(
    values: Sequence[float | None],
    words: str,
    limits: Limits | None = None,
    *,
    before: int | None = None,
    marked: Collection[int] = (),
) -> str:
    """The course of values, oldest first, from zero; a gap where there is none. `limits`: lower, mean, upper, the outer
    ones dashed. Values from place `before` on are shaded; those at `marked` places stand out. `words` say the same for
    those who cannot see it and must be escaped already. Empty with fewer than two values.
    """
    known = [each for each in values if each is not None]
    if len(known) < 2:
        return ""
    top = max([*known, *(limits or ()), 0.0]) or 1.0
    step = (WIDTH - 2 * PAD) / max(len(values) - 1, 1)
    parts = [_shade(PAD + (before - 0.5) * step)] if before else []
    parts += [
        f'<path d="M0 {_height(at, top)}H{WIDTH}" class="limit{"" if n == 1 else " dashed"}"/>'
        for n, at in enumerate(limits or ())
    ]
    for run in _runs(values):
        points = [(f"{PAD + n * step:.1f}", _height(value, top), n in marked) for n, value in run]
        if len(points) > 1:
            parts.append(f'<polyline points="{" ".join(f"{x},{y}" for x, y, _ in points)}" class="course"/>')
        parts += [
            f'<circle cx="{x}" cy="{y}" r="{3 if told else 1.5}" class="{"signal" if told else "point"}"/>'
            for x, y, told in points
            if told or len(points) == 1
        ]
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words}">'
        f"{''.join(parts)}</svg>"
    )


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Neighbouring values with their places, in one list each."""
    runs: list[list[tuple[int, float]]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((n, value))
    return [run for run in runs if run]


def _shade(left: float) -> str:
    return f'<rect x="{left:.1f}" y="0" width="{max(WIDTH - left, 0):.1f}" height="{HEIGHT}" class="shade"/>'


def _height(value: float, top: float) -> str:
    return f"{HEIGHT - PAD - value / top * (HEIGHT - 2 * PAD):.1f}"
