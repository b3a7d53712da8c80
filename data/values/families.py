"""The families of numbers and charts: their order, titles and places, in one table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """One family. Its metrics are the files of `data/metrics/<name>/`, its charts those of `data/charts/<name>/`."""

    name: str
    title: str
    question: str = ""  # what its metrics answer, in a few words; empty where it has charts alone
    headline: bool = False  # its cards open the overview, the report and `metrics` without a choice
    mapped: bool = False  # the field mapping has a group of fields for it
    charts: str = ""  # the heading over its charts, where it has some on a tab of its own


FAMILIES = {
    each.name: each
    for each in (
        Family("dora", "DORA", "how do we deliver", True, True, "Delivery over time"),
        Family("flow", "Flow", "how does work move", True, True, "Flow in detail"),
        Family("throughput", "Throughput", "how much comes in and goes out"),
        Family("lead_time", "Lead time", "how long from request to completion"),
        Family("sprint", "Sprint health", "how well plans hold"),
        Family("quality", "Quality", "what comes back"),
        Family("capacity", "Capacity", "what is stuck"),
        Family("collaboration", "Collaboration", "who talks about the work"),
        Family("composite", "Composite", "several numbers in one"),
        Family("jtbd", "Jobs to be done", "whether customers get their jobs done", mapped=True, charts="Did it help?"),
        Family("forecast", "Forecast", charts="What the forecast is based on"),
        Family("sprints", "Sprints", charts="From sprint to sprint"),
        Family("catalogue", "Catalogue", charts="One metric in detail"),
        Family("explore", "Explore", charts="The metrics of the question"),
    )
}
JOBS = "jtbd"  # its numbers are calculated from records of jobs, all others from issues
MEASURED = tuple(each.name for each in FAMILIES.values() if each.question)
HEADLINE = tuple(each.name for each in FAMILIES.values() if each.headline)
MAPPED = tuple(each.name for each in FAMILIES.values() if each.mapped)
