"""Other vocabularies for job specs, as a table: their names and scales are mapped to ours."""

from __future__ import annotations

import re

from data.values.names import name_key

OURS = "urn:throughline:jtbd:"

# Last part of a class name, lower case → our class, and the kind that the name implies.
CLASSES: dict[str, tuple[str, str | None]] = {
    "job": ("Job", None), "jobtobedone": ("Job", None), "customerjob": ("Job", None), "corejob": ("Job", None),
    "functionaljob": ("Job", "functional"), "emotionaljob": ("Job", "emotional"), "socialjob": ("Job", "social"),
    "outcome": ("Outcome", None), "desiredoutcome": ("Outcome", None),
    "persona": ("Persona", None), "customerpersona": ("Persona", None), "jobperformer": ("Persona", None),
    "painpoint": ("Painpoint", None), "pain": ("Painpoint", None),
    "force": ("Force", None), "pushforce": ("Force", "push"), "push": ("Force", "push"),
    "pullforce": ("Force", "pull"), "pull": ("Force", "pull"), "anxiety": ("Force", "anxiety"),
    "anxietyforce": ("Force", "anxiety"), "habit": ("Force", "habit"), "habitforce": ("Force", "habit"),
    "customersegment": ("Persona", None), "segment": ("Persona", None), "userpersona": ("Persona", None),
    "progressmaker": ("Force", "progress maker"), "progressbraker": ("Force", "progress braker"),
    "feature": ("Feature", None),  # of other people: ties outcomes, painpoints and personas to the job it is for
    "measurement": ("Measurement", None),
}  # a table: kept in its rows  # fmt: skip

# Last part of a property name, lower case → our property.
PROPERTIES = {
    "id": "id", "identifier": "id", "jobid": "id", "outcomeid": "id", "personaid": "id", "painpointid": "id",
    "title": "title", "label": "title", "preflabel": "title", "name": "title", "jobtitle": "title",
    "personaname": "title",
    "description": "description", "comment": "description", "jobdescription": "description",
    "painpointdescription": "description", "personarole": "description", "question": "description",
    "statement": "statement", "jobstatement": "statement", "outcomestatement": "statement",
    "fullstatement": "statement",
    "situation": "situation", "when": "situation", "circumstance": "situation", "context": "situation",
    "motivation": "motivation", "wantto": "motivation", "iwant": "motivation", "goal": "motivation",
    "result": "result", "soican": "result", "sothat": "result", "benefit": "result",
    "kind": "kind", "jobtype": "kind", "forcetype": "kind",
    "persona": "persona", "haspersona": "persona", "performedby": "persona", "performer": "persona",
    "outcome": "outcome", "hasoutcome": "outcome", "desiredoutcome": "outcome", "hasdesiredoutcome": "outcome",
    "painpoint": "painpoint", "haspainpoint": "painpoint", "pain": "painpoint",
    "force": "force", "hasforce": "force",
    "job": "job", "concernsjob": "job", "affectsjob": "job", "ofjob": "job", "forjob": "job",
    "hasjob": "job", "hasfunctionaljob": "job", "hasemotionaljob": "job", "hassocialjob": "job", "performsjob": "job",
    "performs": "job", "jobs": "job", "accomplishesjob": "job", "addressesjob": "job", "enablesjob": "job",
    "deliversoutcome": "outcome", "outcomes": "outcome", "achievesoutcome": "outcome",
    "targetpersona": "persona", "targetspersona": "persona", "personas": "persona", "actor": "persona",
    "resolvespainpoint": "painpoint", "solvespainpoint": "painpoint", "painpoints": "painpoint", "pains": "painpoint",
    "haspushforce": "force", "haspullforce": "force", "hashabit": "force", "hasanxiety": "force",
    "hasprogressmaker": "force", "hasprogressbraker": "force", "forces": "force",
    "part": "part", "hasoutcomepriority": "part", "hasjobstatement": "part", "incircumstance": "part",
    "circumstancedescription": "situation", "progressmakerdescription": "description",
    "forcedescription": "description",
    "pushreason": "description", "pullbenefit": "description", "habitdescription": "description",
    "anxietydescription": "description", "personadescription": "description", "expectation": "title",
    "direction": "direction", "outcomedirection": "direction",
    "metric": "metric", "outcomemetric": "metric", "cataloguemetric": "metric",
    "object": "object", "outcomeobject": "object", "objectofcontrol": "object",
    "clarifier": "clarifier", "outcomeclarifier": "clarifier", "contextualclarifier": "clarifier",
    "importance": "importance", "importancescore": "importance", "priority": "priority",
    "satisfaction": "satisfaction", "satisfactionscore": "satisfaction", "currentsatisfaction": "satisfaction",
    "answers": "answers", "responses": "answers", "samplesize": "answers",
    "importantanswers": "importantAnswers", "satisfiedanswers": "satisfiedAnswers",
    "target": "target", "targetvalue": "target", "goalvalue": "target", "threshold": "target",
    "successcriteria": "criterion", "successcriterion": "criterion", "acceptance": "criterion",
    "criterion": "criterion",
    "baseline": "baseline", "baselinevalue": "baseline", "currentbaseline": "baseline", "currentvalue": "baseline",
    "unit": "unit", "units": "unit", "unitofmeasure": "unit", "scale": "scale",
    "measuredby": "measuredBy", "ismeasuredby": "measuredBy",
    "project": "project", "type": "type", "issuetype": "type", "component": "component",
    "category": "category", "painpointcategory": "category",
    "severity": "severity", "severityscore": "severity", "impactlevel": "severity", "impact": "impact",
    "issue": "issue", "jiraissue": "issue", "jiralabel": "label",
}  # a table: kept in its rows  # fmt: skip

# Our own names are exact: a name of ours that is not here is a typing error, and said.
VOCABULARY = frozenset(PROPERTIES.values()) | {"label"}
# Words that others put before a name: jobName is a name, painpointSeverity a severity.
_PREFIXES = ("job", "outcome", "persona", "painpoint", "pain", "force", "segment", "metric", "has", "is")

_COMMON = {"id", "title", "description", "part"}
# What is read of the items of each class; the rest of what is said of them is counted as not understood.
READ: dict[str, frozenset[str]] = {
    "Job": frozenset(_COMMON | {
        "situation", "motivation", "result", "kind", "statement", "persona", "outcome", "painpoint", "force", "label",
        "issue"}),
    "Outcome": frozenset(_COMMON | {
        "job", "direction", "metric", "object", "clarifier", "statement", "importance", "priority", "satisfaction",
        "scale", "answers", "importantAnswers", "satisfiedAnswers", "target", "criterion", "unit", "baseline",
        "measuredBy", "label", "persona", "painpoint"}),
    "Persona": frozenset(_COMMON | {"job", "outcome", "painpoint", "persona"}),
    "Painpoint": frozenset(_COMMON | {
        "job", "category", "severity", "impact", "scale", "persona", "label", "kind"}),
    "Force": frozenset(_COMMON | {"job", "kind"}),
    "Feature": frozenset({"job", "outcome", "persona", "painpoint"}),
    "Measurement": frozenset({"metric", "project", "type", "label", "component", "target", "unit"}),
}  # a table: kept in its rows  # fmt: skip
DEFINING = frozenset({
    "class", "ontology", "property", "datatypeproperty", "objectproperty", "annotationproperty", "nodeshape",
    "propertyshape", "restriction", "functionalproperty", "alldifferent",
})  # classes of what describes a vocabulary: no jobs  # fmt: skip

# Words that stand for a number from 1 to 10; what has no place here is reported, never guessed.
RATINGS = {
    "none": 0.0, "very low": 1.0, "trivial": 1.0, "negligible": 1.0, "low": 3.0, "minor": 3.0,
    "medium": 5.0, "moderate": 5.0,
    "high": 8.0, "major": 8.0, "severe": 8.0, "very high": 9.0, "critical": 10.0, "blocker": 10.0,
    "very dissatisfied": 1.0, "dissatisfied": 3.0, "neutral": 5.0, "satisfied": 8.0, "very satisfied": 10.0,
}  # a table: kept in its rows  # fmt: skip

DIRECTIONS = {
    "minimise": "minimise", "minimize": "minimise", "reduce": "minimise", "decrease": "minimise", "lower": "minimise",
    "maximise": "maximise", "maximize": "maximise", "increase": "maximise", "raise": "maximise", "improve": "maximise",
}  # a table: kept in its rows  # fmt: skip
_OF = re.compile(r"^\s*(?P<value>\d+(?:\.\d+)?)\s*(?:/|of|out of)\s*(?P<scale>\d+(?:\.\d+)?)\s*$")
_DURATION = re.compile(
    r"^P(?:(?P<days>\d+(?:\.\d+)?)D)?(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$"
)


def plain(name: str) -> str:
    """The last part of an IRI, as the tables above are keyed.

    >>> plain("http://example.org/jtbd#Desired_Outcome"), plain("urn:throughline:jtbd:Job")
    ('desiredoutcome', 'job')
    """
    return name_key(re.sub(r"[_-]", "", last_part(name)))


def last_part(iri: str) -> str:
    """
    >>> last_part("http://example.org/jtbd#BuyFast"), last_part("urn:shop:job/buy-fast")
    ('BuyFast', 'buy-fast')
    """
    return re.split(r"[#/:]", iri.rstrip("#/:"))[-1]


def property_named(iri: str) -> str | None:
    """Our word for a property of another vocabulary; None where there is none.

    >>> property_named("http://x#outcomeTarget"), property_named("x:jobName"), property_named("x:jobFrequency")
    ('target', 'title', None)
    """
    name = plain(iri)
    while name not in PROPERTIES:
        first = next((each for each in _PREFIXES if name.startswith(each) and len(name) > len(each) + 2), None)
        if first is None:
            return None
        name = name[len(first) :]
    return PROPERTIES[name]


def rating(text: str, scale: float = 10.0, lowest: float = 0.0) -> float | None:
    """A rating of 0 to 10 from an integer, a decimal, "4/5" or a word; None for anything else.

    `scale` is the highest value where it is not 10. With `lowest` 1 another scale than 10 is mapped linearly from
    [1, highest] to [1, 10], as answers are.

    >>> rating("7"), rating("8.5"), rating("4/5"), rating("Very High"), rating("4", 5), rating("14"), rating("some")
    (7.0, 8.5, 8.0, 9.0, 8.0, None, None)
    >>> rating("3", 5, 1), rating("2/5", lowest=1), rating("Minor (annoyance)")
    (5.5, 3.25, 3.0)
    """
    words = name_key(re.sub(r"[\s_-]+", " ", re.sub(r"\s*\([^)]*\)\s*$", "", text)))  # without a remark at its end
    if words in RATINGS:
        return RATINGS[words]
    if found := _OF.match(words):
        text, scale = found["value"], float(found["scale"])
    value = number(text)
    if value is None or not scale > 0:
        return None
    if lowest and scale > lowest and scale != 10:
        value = 1 + 9 * (value - lowest) / (scale - lowest)
    else:
        value = value * 10 / scale
    return value if 0 <= value <= 10 else None


def number(text: str) -> float | None:
    """
    >>> number(" 5.50"), number("1e3"), number("nan"), number("soon")
    (5.5, 1000.0, None, None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None


def seconds(text: str) -> float | None:
    """Seconds of an ISO 8601 duration without months and years; None for anything else.

    >>> seconds("PT1M30S"), seconds("P1D"), seconds("P"), seconds("5")
    (90.0, 86400.0, None, None)
    """
    found = _DURATION.match(text.strip())
    if not found or not any(found.groups()) or text.strip().endswith("T"):
        return None
    sizes = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
    return sum(float(found[name] or 0) * size for name, size in sizes.items())


def direction(text: str) -> str | None:
    """
    >>> direction("Minimize"), direction("increase"), direction("sideways")
    ('minimise', 'maximise', None)
    """
    return DIRECTIONS.get(name_key(text))
