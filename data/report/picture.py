"""Small drawings of weekly values as SVG inside the report."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, PAD = 160, 36, 3


def line(values: Sequence[float | None], words: str, limits: tuple[float, float, float] | None = None) -> str:
    """The course of values, oldest first, from zero; gaps where there is none. `limits`: lower, mean, upper, as dashed
    lines. `words` say the same for those who cannot see it and must be escaped already. Empty with fewer than two values.
    """
    known = [each for each in values if each is not None]
    if len(known) < 2:
        return ""
    top = max([*known, *(limits or ()), 0.0]) or 1.0
    step = (WIDTH - 2 * PAD) / max(len(values) - 1, 1)
    parts, run = [], []
    for n, value in enumerate([*values, None]):
        if value is not None:
            run.append(f"{PAD + n * step:.1f},{_height(value, top)}")
        elif run:
            parts.append(run)
            run = []
    drawn = "".join(
        f'<polyline points="{" ".join(each)}" fill="none" stroke="#3457d5" stroke-width="1.5"/>'
        if len(each) > 1
        else f'<circle cx="{each[0].split(",")[0]}" cy="{each[0].split(",")[1]}" r="1.5" fill="#3457d5"/>'
        for each in parts
    )
    dashed = "".join(
        f'<line x1="{PAD}" x2="{WIDTH - PAD}" y1="{_height(at, top)}" y2="{_height(at, top)}" stroke="#8a94a6" '
        f'stroke-width="1"{"" if n == 1 else dash}/>'
        for dash in (' stroke-dasharray="3 3"',)
        for n, at in enumerate(limits or ())
    )
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words}">'
        f"{dashed}{drawn}</svg>"
    )


def _height(value: float, top: float) -> str:
    return f"{HEIGHT - PAD - value / top * (HEIGHT - 2 * PAD):.1f}"
