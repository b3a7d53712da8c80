"""Which Jira issues serve which job: by field, label or link; what was worked on them, and when they were done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data.facts.completions import Completions, completed_rows, completions, not_completed
from data.facts.dataset import Dataset
from data.facts.efficiency import blocked_spans
from data.facts.site_names import links_meant
from data.jtbd.inputs import Reported
from data.jtbd.specs import Specs
from data.tables.frames import NEVER
from data.tables.status_intervals import overlap
from data.values.arrays import Codes, Mask, Positions
from data.values.records import JobCompletion, PainpointResolved, RecordError, Records, level

DAY = 86_400_000_000


def _level(text: str, scale: str | None) -> str | None:
    """What a field says, as records have it; None where it is no answer on the scale."""
    try:
        return level(text, scale)
    except RecordError:
        return None


@dataclass
class Serving:
    """Issues of one view of the data beside the specs. `links`: phrases that tie an issue to the issue of a job."""

    facts: Dataset
    specs: Specs
    links: tuple[str, ...] = ()

    # ---- who serves what

    @cached_property
    def jobs(self) -> list[str]:
        return list(self.specs.jobs)

    @cached_property
    def job(self) -> Codes:
        """Place in `jobs` for each issue, -1 for none. A field wins over a label, a label over a link."""
        out = np.full(len(self.facts.tables), -1, dtype=np.int32)
        places = {name: n for n, name in enumerate(self.jobs)}
        for n, spec in enumerate(self.specs.jobs.values()):
            self._claim(out, self._linked(spec.issues), n)
        for n, spec in enumerate(self.specs.jobs.values()):
            out[self.facts.named(self.facts.tables.labels, [spec.id, *spec.labels])] = n
        words = self.facts.field("job_id")
        if words is not None:
            known: dict[str, int] = {}
            for n in np.flatnonzero(words != None).tolist():  # noqa: E711 - an array of objects
                for word in words[n]:
                    if word not in known:
                        known[word] = places.get(self.specs.resolve("job", word), -1)
                    if known[word] >= 0:
                        out[n] = known[word]
                        break
        return out

    @staticmethod
    def _claim(out: Codes, who: Mask, place: int) -> None:
        out[who & (out < 0)] = place

    def _linked(self, keys: Sequence[str]) -> Mask:
        """The issues with these keys, and those that a chosen phrase links to one of them."""
        out = np.zeros(len(self.facts.tables), dtype=bool)
        found = [place for key in keys if (place := self.places.get(key)) is not None]
        if found:
            out[found] = True
            links = self.facts.tables.links
            tied = links_meant(self.facts.tables, self.links) & np.isin(links["other"].to_numpy(), found)
            out[links["issue"].to_numpy()[tied]] = True
        return out

    @cached_property
    def places(self) -> dict[str, int]:
        """Issue key → position."""
        return {key: n for n, key in enumerate(self.facts.tables.issues["key"])}

    def labelled(self, labels: Sequence[str]) -> Mask:
        return self.facts.named(self.facts.tables.labels, list(labels))

    @cached_property
    def persona(self) -> Codes:
        """Persona id of each issue (object; ""): of its field, else the first of its job."""
        firsts = [next(iter(each.personas), "") for each in self.specs.jobs.values()]
        out = np.array([*firsts, ""], dtype=object)[self.job]
        words = self.facts.field("persona")
        if words is not None:
            known: dict[str, str] = {}
            for n in np.flatnonzero(words != None).tolist():  # noqa: E711
                if words[n][0] not in known:
                    known[words[n][0]] = self.specs.resolve("persona", words[n][0])
                out[n] = known[words[n][0]]
        return out

    @cached_property
    def painpoint(self) -> Codes:
        """Painpoint id of each issue (object; "")."""
        out = np.full(len(self.facts.tables), "", dtype=object)
        for spec in self.specs.painpoints.values():
            out[self.labelled([spec.id, *spec.labels])] = spec.id
        words = self.facts.field("painpoint_id")
        if words is not None:
            known: dict[str, str] = {}
            for n in np.flatnonzero(words != None).tolist():  # noqa: E711
                if words[n][0] not in known:
                    known[words[n][0]] = self.specs.resolve("painpoint", words[n][0])
                out[n] = known[words[n][0]]
        return out

    # ---- what happened

    @cached_property
    def completions(self) -> Completions:
        return self.facts.once(completions)

    @cached_property
    def counts(self) -> Mask:
        """Issues that count: chosen by the filters, and no sub-tasks or epics unless the definitions say so."""
        level = self.facts.tables.issues["hierarchy"].to_numpy()
        out: Mask = self.facts.chosen & ((level == 0) | self.facts.definitions.all_levels)
        return out

    @cached_property
    def refused(self) -> Mask:
        """Ended without being completed: discarded, or with a resolution that is no completion."""
        return self.facts.once(not_completed)

    def records(self, severities: Mapping[int, float] | None = None) -> Records:
        """Issues as records: of jobs from start to completion; of painpoints where the severity has changed.

        `severities`: issue id → severity before its first change.
        """
        started, completed = self.completions.started, self.completions.completed
        who = np.flatnonzero(self.counts & (self.job >= 0) & ((started != NEVER) | (completed != NEVER)))
        issues = self.facts.tables.issues
        keys, projects = issues["key"].to_numpy(), issues["project"].to_numpy()
        jobs = []
        for n in who.tolist():
            begun, ended = int(started[n]), int(completed[n])
            done = ended != NEVER and ended <= self.facts.now
            begun = min(begun, ended) if done and begun != NEVER else ended if begun == NEVER else begun
            timed = done and int(started[n]) != NEVER
            status = "in_progress" if not done else "failed" if self.refused[n] else "completed"
            jobs.append(
                JobCompletion(
                    self.jobs[self.job[n]],
                    str(self.persona[n]),
                    str(projects[n]),
                    status,
                    begun,
                    ended if timed else None,
                    (ended - begun) / 1e6 if timed else None,
                    "jira",
                    None,
                    str(keys[n]),
                )
            )
        return Records(jobs, (), self._eased(severities or {}), (), ())

    def _eased(self, severities: Mapping[int, float]) -> list[PainpointResolved]:
        """Completed issues whose severity was changed on the way."""
        now = self.severity
        ids = self.facts.tables.issues["issue_id"].to_numpy()
        keys, projects = self.facts.tables.issues["key"], self.facts.tables.issues["project"].to_numpy()
        out = []
        for n in np.flatnonzero(
            self.counts & (self.painpoint != "") & (self.completions.completed != NEVER) & ~self.refused
        ):
            before = severities.get(int(ids[n]))
            if before is not None and now is not None and not np.isnan(now[n]):
                name, after = str(self.painpoint[n]), float(now[n])
                rate = 100 * (before - after) / before if before > 0 else None
                out.append(
                    PainpointResolved(
                        name,
                        "",
                        "",
                        str(projects[n]),
                        str(self.persona[n]),
                        before,
                        after,
                        rate,
                        int(self.completions.completed[n]),
                        "jira",
                        None,
                        str(keys[n]),
                    )
                )
        return out

    @cached_property
    def severity(self) -> Codes | None:
        """Severity 0 to 10 of each issue now, NaN where unknown; None: not mapped."""
        from data.jtbd.dialects import rating

        values = self.facts.field("painpoint_severity")
        if values is None:
            return None
        if values.dtype != object:
            return np.where((values >= 0) & (values <= 10), values, np.nan)
        texts = dict.fromkeys(each[0] for each in values if each)
        known = {text: rating(re.sub(r"^\d+\s*[-–:]\s*", "", text)) for text in texts}
        return np.array(
            [np.nan if not each or known[each[0]] is None else known[each[0]] for each in values], dtype=float
        )

    # ---- one period

    def person(self, persona: str | None) -> Mask:
        """Issues of a persona (all without one), of those that count."""
        return self.counts if persona is None else self.counts & (self.persona == persona)

    def reported(self, start: int, end: int, persona: str | None = None) -> dict[str, Reported]:
        """Painpoint id → issues that name it, open or done in [start, end)."""
        created, done = self.facts.tables.issues["created"].to_numpy(), self.completions.completed
        ended = (done != NEVER) & (done < end)
        there = self.person(persona) & (created < end) & ~(ended & (done < start)) & (self.painpoint != "")
        out: dict[str, list[int]] = {}
        for n in np.flatnonzero(there & ~(self.refused & ended)).tolist():
            out.setdefault(str(self.painpoint[n]), [0, 0])
            out[str(self.painpoint[n])][0] += 1
            out[str(self.painpoint[n])][1] += bool(ended[n])
        return {name: Reported(*each) for name, each in out.items()}

    def active(self, start: int, end: int) -> Mask:
        """µs of [start, end) that each issue was worked on: in active statuses (in progress where none are chosen),
        blocked time left out.
        """
        facts = self.facts
        role = facts.roles.active if facts.workflow.active else facts.roles.progress
        stays = facts.stays.within(facts.stays.are(role))
        everybody = np.arange(len(facts.tables))
        begin = np.full(len(everybody), start, dtype=np.int64)
        finish = np.full(len(everybody), max(start, min(end, facts.now)), dtype=np.int64)
        hurdles = facts.once(blocked_spans)
        either = tuple(
            np.concatenate((np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)))
            for a, b in zip((stays.issue, stays.entered, stays.left), hurdles, strict=True)
        )
        # what is active or blocked, less what is blocked
        worked = overlap(everybody, begin, finish, *either) - overlap(everybody, begin, finish, *hurdles)
        return np.where(self.counts, worked, 0)

    def done_items(self, start: int, end: int, persona: str | None = None) -> Positions:
        """Positions of the flow items completed in [start, end): the set that velocity counts."""
        rows = self.facts.once(completed_rows).between(start, end)
        issue = rows.issue[rows.reason == 0]
        out: Positions = issue[self.person(persona)[issue]]
        return out

    @property
    def satisfaction_scale(self) -> str | None:
        """On which scale the mapped field is (one of SCALES, or WORDS); None where nobody declared it."""
        told = self.facts.definitions.satisfaction_scale
        return None if told == "unknown" else told

    def satisfaction(self, start: int, end: int, persona: str | None = None) -> dict[str, list[str]]:
        """Job id → what issues completed in [start, end) say, as levels of records have it: words, or numbers. What
        does not lie on the declared scale is left out.
        """
        values = self.facts.field("satisfaction")
        if values is None:
            return {}
        done = self.completions.completed
        there = self.person(persona) & (self.job >= 0) & (done != NEVER) & (done >= start) & (done < end)
        known: dict[str, str | None] = {}
        out: dict[str, list[str]] = {}
        for n in np.flatnonzero(there).tolist():
            told = values[n][0] if values.dtype == object and values[n] else values[n]
            if told is None or told != told:
                continue
            text = told if isinstance(told, str) else f"{told:g}"
            if text not in known:
                known[text] = _level(text, self.satisfaction_scale)
            if (found := known[text]) is not None:
                out.setdefault(self.jobs[self.job[n]], []).append(found)
        return out
