"""A proper score of answers: the quantile loss."""

from __future__ import annotations

from collections.abc import Mapping


def pinball(answers: Mapping[int, float], actual: float, *, reached: bool) -> float:
    """Mean pinball (quantile) loss of the answers (percent → number), in their unit; 0 is best.

    `reached`: an answer is the number that at least so many percent reach (the quantile 1 − p); else the one by which
    so many percent are done (the quantile p). Koenker & Bassett 1978; it is proper: nobody does better by saying
    otherwise than they believe (Gneiting & Raftery 2007).

    >>> pinball({50: 10.0}, 14.0, reached=False)
    2.0
    >>> pinball({95: 10.0}, 14.0, reached=False)
    3.8
    >>> pinball({95: 10.0}, 9.0, reached=True)
    0.95
    """
    total = 0.0
    for share, answer in answers.items():
        level = 1 - share / 100 if reached else share / 100
        over = actual - answer
        total += level * over if over >= 0 else (level - 1) * over
    return round(total / len(answers), 12)
