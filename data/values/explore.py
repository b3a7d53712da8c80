"""The question of the tab "Explore" as its address says it, and as a spec of the query engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

METRICS = ("m1", "m2", "m3", "m4")
SPLITS = ("split", "and")
GRAIN, COMPARE = "grain", "compare"
NAMES = (*METRICS, *SPLITS, GRAIN, COMPARE)  # of the address, in their order
FIRST = (("m1", "flow_velocity"), ("m2", "flow_time"), (GRAIN, "week"))  # the question before anything is chosen
NOTHING = "none"  # chosen in a list: not this one
MOST_ROWS = 1_000
Options = Sequence[tuple[str, str]]


def asked(options: Options) -> Mapping[str, str]:
    """What is chosen under each name; the first question where nothing is.

    >>> asked([("m1", "closed"), ("board", "3")]), asked([])["grain"]
    ({'m1': 'closed'}, 'week')
    """
    own = {name: value for name, value in options if name in NAMES and value != NOTHING}
    return own if any(name in METRICS for name in own) else {**dict(FIRST), **own}


def spec_of(options: Options) -> dict[str, object]:
    """The spec, without days and filters, which the page says for all tabs.

    >>> spec_of([("m1", "closed"), ("split", "type"), ("grain", "week")])["group_by"]
    ['week', 'type']
    """
    chosen = asked(options)
    groups = [chosen[each] for each in (GRAIN, *SPLITS) if chosen.get(each)]
    return {
        "metrics": list(dict.fromkeys(chosen[each] for each in METRICS if chosen.get(each))),
        "group_by": list(dict.fromkeys(groups)),
        "compare": chosen.get(COMPARE) or "none",
        "limit": MOST_ROWS,
    }
