"""The page docs/definitions.md: what each definition means, how it is switched, and which public tools measure
alike.
"""

from __future__ import annotations

from data.settings.definitions import PARTS, Definition, table
from data.settings.filter_fields import FILTER_FIELDS

_HEAD = """# Definitions

Tools in this field disagree about what a number means. Here each choice has a name, is shown beside every number that
it changes, and can be switched.

- **For one view**: open a number; under *Definitions in force* press another value. The address keeps it
  (`set=durations:inclusive_days`), so a link shows the same numbers to others. A row under the filters says that the
  view differs from what is saved; × takes one choice away, *Reset* all of them. Downloads obey it.
- **For everybody**: *Save for everybody* in that row, or the gear at the top right.
- **In the terminal**: `python app.py metrics --set durations=inclusive_days --set completion=first`.

Names of lists are separated by commas; `workflow.…` and `…_statuses` take ids of statuses. A value that cannot be is
refused with what it could be; no number is shown that is measured otherwise than its link says.
"""

_MOVES = """
## Items that are moved back

An item is *moved back* when it is in a status before the start (neither in progress nor done) after it had been in
progress. `backward_moves` says what becomes of it:

| value | start | time back | when it is back | who measures like this |
|---|---|---|---|---|
| `count` (default) | its first entry into progress | part of flow time and age | not in flow load | jirametrics; most \
spreadsheets |
| `pause` | its first entry into progress | left out of flow time, efficiency, age and lead time from the start of \
work | not in flow load; its age stands still | Jira's control chart, which adds up the time in columns |
| `restart` | its first entry into progress after it was last moved back before the completion | before the start | \
not in flow load, also where that counts everything started | ActionableAgile, jira-agile-metrics |

Example: in progress on Monday 12:00, back to To Do on Wednesday 12:00, in review on the next Monday 12:00, done on
Wednesday 18:00. Flow time is 9.25 days with `count`, 4.25 with `pause`, 2.25 with `restart`; in whole days 9, 4 and
2, and with both ends 10, 5 and 3.

What is taken out is measured like the duration itself: exact time less exact time, local dates less local dates (the
ends of the whole still count once), working time less working time. The same holds for `subtract_reopened`. An item
that goes from done back into progress is reopened, not moved back. An item that is moved back and finished without
being in progress again was, with `restart`, never in progress. A mapped start date wins over all of this.
"""

_TOOLS = """
## The same answer as other tools

Same issues, same definition, same answer: tests compare every issue of a real site with the cycle time that these
tools define, written again in plain Python. All of them look at every resolution and every issue type that they are
given, so set `not_completed_resolutions` to nothing and `all_levels=true`, and choose the zone that the tool uses.

| tool | settings that give its cycle time | percentiles | what stays different |
|---|---|---|---|
| [jirametrics](https://github.com/mikebowler/jirametrics), as its example is set up | `durations=inclusive_days` (its \
start is the first time in progress, its end the last time it became done) | `percentile=nearest_rank`; jirametrics is \
one item higher where the percentage is a whole number of items | leaves out items that start and stop at one instant; \
its option to discard changes before a backlog status is `backward_moves=restart` with the backlog as the only \
statuses before the start |
| [ActionableAgile](https://github.com/ActionableAgile/jira-to-analytics) with its extractor for Jira | \
`durations=inclusive_days`, `backward_moves=restart` | `percentile=nearest_rank` | stages instead of three groups: map \
the stage of the start to `workflow.started`, that of the end to `workflow.done` |
| [jira-agile-metrics](https://github.com/DeloitteDigitalUK/jira-agile-metrics) | `durations=exclusive_days`, \
`backward_moves=restart` (it counts local dates) | `percentile=linear` (R-7, as pandas) | nothing known |
| a spreadsheet: day done − day started | `durations=exclusive_days`, `completion=first` | `PERCENTILE.INC` is \
`percentile=linear` | items that are open again count there and not here |
| the same + 1 | `durations=inclusive_days`, `completion=first` | | |
| Jira's control chart, columns in progress | `durations=exact`, `backward_moves=pause`, `subtract_reopened=true` | it \
shows mean and median | non-working days as set on the board: `durations=working_days` |

For one issue whole days without the first give n, with both ends n + 1. Of 1, 2, 3 and 10 days the median is 2.5 with
R-7 and 2 with nearest rank.
"""


_FILTERS = """
## Filters: which issues count

A filter chooses what is counted, never how: a number filtered to a name is the row of that name in the same number by
group, and a filter to issues without a value is the row *none*. A view is a list of filters, all of which an issue
must pass. One filter is a field, an operator and its values, of which one is enough:

| operator | passes | in a link | after `--filter` |
|---|---|---|---|
| `in` (also `eq`) | issues with one of the values | `filter=assignee:in:Ann` | `assignee=Ann` |
| `not_in` (also `ne`) | all others, those without a value too | `filter=assignee:not_in:Ann` | `assignee!=Ann` |
| `is_null`, `not_null` | issues without a value; with one | `filter=assignee:in:`, `filter=assignee:not_in:` | \
`assignee=`, `assignee!=` |
| `contains`, `starts_with` | issues with a value that has these letters | `filter=sprint:contains:Team A` | \
`sprint:contains:Team A` |

In a link `project=SHOP` is short for `filter=project:in:SHOP`; type, label and component have the same short form.
Names are the same whatever their case, kind of apostrophe, dash or space. Saved views and their files hold
`{"field": "type", "op": "not_in", "value": ["Bug"]}`, with `null` for no value.

What a field is looked at as:

| field | name | its value |
|---|---|---|"""

_AFTER_FILTERS = """
What is made of several issues, such as a release or the recovery of a deployment, counts where one of its issues
passes all filters. A version without issues has a project and no other value. A board is known by its sprints: issues
of a Kanban board have none, so there is nothing to filter by. An assignee who has handed an issue over is not found by
a filter of today: Jira tells who did what, and this program counts the issue for who has it now.

## Named spans: from where to where an item is timed

`spans` holds names for parts of the work, such as `development: In Progress -> Review` (statuses by name or id;
several are separated by `;`). `timed_span` chooses one, or holds one that is written out, and then flow time, cycle
time, the charts of these times, time in status, and the ages of *Ageing work in progress* and of the overview are
those of the span:

- It begins with the first entry into one of its first statuses, and ends with the last entry into one of its last ones
  before the completion. Both come from the history; mapped dates are for the whole way.
- Which items count stays the same: those completed in the period. One that did not pass from the beginning to the end
  is left out, and counted with that reason.
- The age of an item in progress counts from its first entry. It is left out where it has come to the end and has not
  gone back since, or has not begun.
- Flow load, velocity, efficiency and distribution do not change.

In a link: `set=timed_span:development`; in the terminal: `--set timed_span=development`.
"""


def _filters() -> str:
    rows = [
        f"| {each.title}{' (where mapped)' * each.mapped} | `{each.name}` | {each.looked_at} |"
        for each in FILTER_FIELDS.values()
    ]
    return "\n".join((_FILTERS, *rows, _AFTER_FILTERS))


def definitions_page() -> str:
    """Text and, from the program, every definition with its values."""
    out = [_HEAD]
    for part, title in PARTS.items():
        found = [each for each in table().values() if each.part == part]
        if found:
            out.append(f"\n## {title}\n\n| definition | name | values | what it changes |\n|---|---|---|---|")
            out += [_row(each) for each in found]
    return "\n".join([*out, _filters(), _MOVES, _TOOLS]).rstrip() + "\n"


def _row(definition: Definition) -> str:
    if definition.choices:
        values = "<br>".join(
            f"`{definition.text(value)}` {definition.in_words(value)}{' (default)' * (value == definition.default)}"
            for value in definition.choices
        )
    else:
        kind = definition.names_of or definition.unit or ("text" if isinstance(definition.default, str) else "a number")
        values = f"{kind}; default: {definition.in_words(definition.default)}"
    return f"| {definition.title} | `{definition.name}` | {values} | {definition.help} |".replace("\n", " ")
