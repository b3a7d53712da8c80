"""Which Jira fields probably are ours, and of which of them we are sure: by names, and by what is in the fields.

A name alone is never enough where it means several things. "Impact" is a scale of severity on most service desks, and
"Environment" is where a bug was seen. So a suggestion is sure only where its name means one thing, or where the
values and the types of the issues that fill it say what it is; what the values speak against is not suggested, or not
surely.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from data.jira.answers import JiraField
from data.jira.fields import Coverage as JiraCoverage
from data.jira.fields import plain_name, suggestions
from data.settings.fields import FIELDS
from data.settings.model import PRODUCTION
from data.settings.words import FAILURE, IMPACT, NO_IMPACT, SUCCESS
from data.values.fields import SURE, Coverage, FieldInfo, Suggestion
from data.values.names import name_key, name_keys
from data.values.type_names import suggested_types

NOT_SURE = SURE - 0.01  # the highest score of what a person should look at
_MOST = 0.8  # share of the values that have to be known words
_RIVAL = 0.3  # a second field that is set so often beside the first makes both unsure
_SMALL_WORDS = frozenset(["a", "the", "of", "on", "at", "in", "is", "was", "date", "time", "field", "utc", "custom"])

# Names that mean one thing only, by field of ours. All others are suggested, and a person decides.
_ONE_MEANING = {
    "deployment_date": ("deployment date", "deploy date", "deployed on", "deployed at", "date deployed",
                        "deployment timestamp", "bereitstellungsdatum", "date de déploiement", "fecha de despliegue",
                        "data de implantação", "data di distribuzione", "data wdrożenia", "дата развертывания",
                        "デプロイ日", "部署日期"),
    "target_environment": ("target environment", "deployment environment", "deployed environment", "zielumgebung",
                           "environnement cible", "entorno de destino", "ambiente de destino"),
    "code_commit_date": ("code commit date", "commit date", "first commit", "first commit date", "committed at",
                         "date de commit"),
    "deployed_to_production_date": ("deployed to production date", "deployed to production", "in production since",
                                    "production deployment date", "in produktion seit"),
    "incident_detected_at": ("incident detected at", "incident detected", "incident start", "outage start",
                             "incident started at", "incident start time", "outage start time", "störungsbeginn",
                             "début de l incident"),
    "incident_resolved_at": ("incident resolved at", "incident resolved", "service restored", "service restored at",
                             "incident end", "outage end", "incident end time", "outage end time", "störungsende",
                             "fin de l incident"),
    "deployment_successful": ("deployment successful", "deployment success", "deployment result", "deploy status",
                              "deployment outcome", "deployment status", "deploy result", "bereitstellung erfolgreich"),
    "production_impact": ("production impact", "impact on production", "impact in production", "customer impact",
                          "produktionsauswirkung", "auswirkung auf produktion", "impact sur la production"),
    "flow_item_type": ("flow item type", "flow item", "flow type"),
    "work_started_date": ("work started date", "work started", "work started at"),
    "work_completed_date": ("work completed date", "work completed", "work completed at"),
    "status_entry_timestamp": ("status entry timestamp", "status changed at", "in status since"),
    "active_work_hours": ("active work hours", "active hours"),
    "flow_time_days": ("flow time days", "flow time in days", "flow time", "cycle time days", "cycle time in days"),
    "story_points": ("story points", "story point estimate", "story points estimate", "story punkte", "storypoints",
                     "points de récit", "puntos de historia", "pontos de história", "punkty historyjek", "стори поинты",
                     "ストーリーポイント", "故事点"),
    "job_id": ("customer job", "job to be done", "jtbd", "customer job id", "jtbd id"),
    "persona": ("persona", "user persona"),
    "painpoint_id": ("painpoint", "pain point", "painpoint id"),
    "painpoint_severity": ("painpoint severity", "pain point severity", "pain severity", "severity of pain"),
    "satisfaction": ("csat", "satisfaction score", "csat score", "customer satisfaction score"),
}  # a table: kept in its rows  # fmt: skip
_INCIDENTS = frozenset(
    ["incident", "outage", "störung", "panne", "incidente", "инцидент", "インシデント", "障害", "problem"]
)
_WORK = frozenset(
    [
        "story",
        "task",
        "bug",
        "improvement",
        "feature",
        "defect",
        "aufgabe",
        "tâche",
        "tarea",
        "tarefa",
        "задача",
        "タスク",
    ]
)
_FLOW = frozenset(
    [
        "feature",
        "features",
        "defect",
        "defects",
        "bug",
        "bugs",
        "risk",
        "risks",
        "debt",
        "technical",
        "tech",
        "enabler",
        "improvement",
        "security",
        "maintenance",
    ]
)
# Scales of severity, as service desks have them: they say how bad something is, not whether production was hurt.
_SEVERITY = re.compile(
    r"\b(extensive|widespread|significant|large|moderate|limited|minor|locali[sz]ed|major|medium|low|high)\b"
)


def suggest(fields: list[FieldInfo]) -> dict[str, list[Suggestion]]:
    """Our field name → fields that probably are it, best first; those with a score of `SURE` and more are sure.

    A field goes by its name before translation, so that accounts of every language get the same suggestions.
    """
    custom = [replace(each, name=each.untranslated or each.name) for each in fields if each.custom]
    jira = [
        JiraField(each.id, each.name, each.custom, each.kind, {"custom": each.schema} if each.schema else {})
        for each in custom
    ]
    used = {
        each.id: JiraCoverage(each.id, each.coverage.set, each.coverage.of, each.coverage.examples, each.kind)
        for each in custom
        if each.coverage
    }
    by_id = {each.id: each for each in custom}
    named = [replace(ours, words=(*ours.words, *_ONE_MEANING.get(name, ()))) for name, ours in FIELDS.items()]
    found = suggestions(named, jira, used)
    return {name: _judged(name, [Suggestion(*each) for each in rows], by_id) for name, rows in found.items()}


def _judged(ours: str, rows: list[Suggestion], by_id: dict[str, FieldInfo]) -> list[Suggestion]:
    """The suggestions as their values and types let them stand, best first."""
    kept = [after for each in rows if (after := _weighed(ours, each, by_id[each.field_id])) is not None]
    kept.sort(key=lambda each: (-each.score, each.field_id))
    sure = [each for each in kept if each.score >= SURE]
    if len(sure) > 1 and _rivals(*(by_id[each.field_id].coverage for each in sure[:2])):
        why = "another field of that kind is filled in too; choose which comes first"
        kept = [_lowered(each, why) if each in sure else each for each in kept]
    return kept


def _rivals(first: Coverage | None, second: Coverage | None) -> bool:
    if first is None or second is None:
        return True
    return second.set > 0 and second.set >= _RIVAL * first.set


def _lowered(suggestion: Suggestion, why: str = "") -> Suggestion:
    reason, sign, counted = suggestion.why.partition("; set on")
    said = f"{reason}, but {why}{sign}{counted}" if why else suggestion.why
    return replace(suggestion, score=min(suggestion.score, NOT_SURE), why=said)


def _weighed(ours: str, suggestion: Suggestion, info: FieldInfo) -> Suggestion | None:
    """One suggestion after a look at what is in the field; None where that speaks against it."""
    name = _core(info.name)
    clear = name in {_core(phrase) for phrase in _ONE_MEANING.get(ours, ())} or (
        ours == "story_points" and "jsw-story-points" in info.schema
    )
    verdict = _EVIDENCE.get(ours, _by_name)(info, clear)
    if verdict is None:
        return None
    if not clear and name not in {_core(phrase) for phrase in FIELDS[ours].words}:
        verdict = False  # what only resembles a name is for a person to look at
    if info.coverage is not None and not info.coverage.set:
        verdict = False
    if verdict is True:
        return replace(suggestion, score=max(suggestion.score, SURE))
    return _lowered(suggestion, verdict if isinstance(verdict, str) else "")


def _core(name: str) -> str:
    """The words of a name that carry its meaning.

    >>> _core("Deployment Date (UTC)"), _core("deployedAt")
    ('deployment', 'deployed')
    """
    words = plain_name(name).split()
    return " ".join([each for each in words if each not in _SMALL_WORDS] or words)


Verdict = bool | str | None  # sure, not sure (perhaps why), or no suggestion


def _by_name(_info: FieldInfo, clear: bool) -> Verdict:
    return clear


def _share(info: FieldInfo, known: Callable[[str], bool]) -> float | None:
    """Which share of the filled-in values is known; None where the values are not."""
    counts = info.coverage.values if info.coverage else ()
    total = sum(n for _, n in counts)
    return sum(n for text, n in counts if known(text)) / total if total else None


def _one_of(words: Iterable[str]) -> Callable[[str], bool]:
    keys = name_keys(words)
    return lambda text: name_key(text) in keys


def _types(info: FieldInfo, known: Callable[[str], bool]) -> float | None:
    """Which share of the issues that fill the field is of known types; None where the types are not known."""
    counts = info.coverage.types if info.coverage else ()
    total = sum(n for _, n in counts)
    return sum(n for name, n in counts if known(name)) / total if total else None


def _has_word(words: frozenset[str]) -> Callable[[str], bool]:
    return lambda name: bool(set(plain_name(name).split()) & words)


def _deploys(name: str) -> bool:
    return bool(suggested_types("deployment_types", [name]))


def _deployment_date(info: FieldInfo, clear: bool) -> Verdict:
    tickets = _types(info, _deploys)
    if tickets is None:
        return clear
    if tickets >= 0.5:
        return True
    if not clear and not tickets:
        return None  # the release date of a product, an epic or a document
    return clear and "issues that are no deployments fill it in"


def _environment(info: FieldInfo, clear: bool) -> Verdict:
    production = _share(info, _one_of((*PRODUCTION, "Produktion", "Producción", "Produção", "Produzione", "本番")))
    if not clear and (_types(info, _has_word(_INCIDENTS | {"bug", "defect", "fehler"})) or 0) > 0.5:
        return None  # where a bug was seen
    tickets = _types(info, _deploys)
    if production == 0:
        return "none of its values is production" if clear else None
    return clear or bool(production and tickets and tickets >= 0.5)


def _outcome(info: FieldInfo, clear: bool) -> Verdict:
    known = _share(info, _one_of((*SUCCESS, *FAILURE)))
    if known == 0:
        return "its values say neither yes nor no" if clear else None
    return clear and (known is None or known >= _MOST)


def _impact(info: FieldInfo, clear: bool) -> Verdict:
    severity = _share(info, lambda text: bool(_SEVERITY.search(name_key(text))))
    if severity is not None and severity > 0.5:
        return "its values are a scale of severity" if clear else None
    known = _share(info, _one_of((*IMPACT, *NO_IMPACT)))
    none = _share(info, _one_of(NO_IMPACT))
    return clear and (known is None or bool(known >= _MOST and none))


def _kind_of_work(info: FieldInfo, clear: bool) -> Verdict:
    kinds = _share(info, lambda text: bool(set(plain_name(text).split()) & _FLOW))
    if kinds is None:
        return clear
    if kinds < 0.3 and not clear:
        return None
    return kinds >= _MOST


def _incident(info: FieldInfo, clear: bool) -> Verdict:
    share = _types(info, _has_word(_INCIDENTS))
    if share is None:
        return clear
    if share >= 0.5:
        return True
    return clear and bool(share)


def _of_work(info: FieldInfo, clear: bool) -> Verdict:
    share = _types(info, _has_word(_WORK))
    return clear if share is None or clear else share >= 0.7 and (info.coverage is not None and info.coverage.set > 20)


def _number_up_to(most: float) -> Callable[[FieldInfo, bool], Verdict]:
    def judge(info: FieldInfo, clear: bool) -> Verdict:
        examples = info.coverage.examples if info.coverage else ()
        numbers = [each for each in examples if re.fullmatch(r"-?\d+(\.\d+)?", each)]
        fits = len(numbers) == len(examples) and all(0 <= float(each) <= most for each in numbers)
        return clear and fits

    return judge


_EVIDENCE: dict[str, Callable[[FieldInfo, bool], Verdict]] = {
    "deployment_date": _deployment_date,
    "target_environment": _environment,
    "deployment_successful": _outcome,
    "production_impact": _impact,
    "flow_item_type": _kind_of_work,
    "incident_detected_at": _incident,
    "incident_resolved_at": _incident,
    "work_started_date": _of_work,
    "work_completed_date": _of_work,
    "story_points": _number_up_to(1000),
    "satisfaction": _number_up_to(100),
}
