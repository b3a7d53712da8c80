"""Tables made straight from a seed have the shape of tables read from the store."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.settings.fields import FIELDS
from data.tables.tidy import NEVER
from sample.tables import tidy

SIZE = 2000


def test_the_same_seed_gives_the_same_tables() -> None:
    one, two = tidy(SIZE, 3), tidy(SIZE, 3)
    for name in ("statuses", "issues", "changes", "flags", "labels", "versions", "fix_versions", "links", "comments"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))


@pytest.mark.parametrize("transitions", [1, 3, 8])
def test_issues_have_the_asked_number_of_changes_unless_time_ends(transitions: int) -> None:
    tables = tidy(SIZE, 1, transitions)
    counts = np.bincount(tables.changes["issue"], minlength=SIZE)
    assert len(tables.issues) == SIZE
    assert counts.max() == transitions
    assert (counts == transitions).mean() > 0.8


def test_changes_are_ordered_and_form_a_path_to_the_present_status() -> None:
    tables = tidy(SIZE, 1)
    changes = tables.changes
    issue, at = changes["issue"].to_numpy(), changes["at"].to_numpy()
    same = issue[1:] == issue[:-1]
    assert (np.diff(issue) >= 0).all()
    assert (np.diff(at)[same] > 0).all()
    assert (changes["source"].to_numpy()[1:][same] == changes["target"].to_numpy()[:-1][same]).all()
    last = changes.groupby("issue")["target"].last()
    assert (tables.issues["status"].to_numpy()[last.index] == last.to_numpy()).all()
    assert at.max() <= tables.as_of


def test_fields_are_ours_and_aligned_with_the_issues() -> None:
    tables = tidy(SIZE, 1)
    assert set(tables.fields) <= set(FIELDS)
    assert {len(values) for values in tables.fields.values()} == {SIZE}
    deployments = tables.issues["type"] == "Deployment"
    assert ((tables.fields["deployment_date"] != NEVER) <= deployments.to_numpy()).all()


def test_links_and_versions_point_at_rows_that_exist() -> None:
    tables = tidy(SIZE, 1)
    assert tables.links["other"].between(0, SIZE - 1).all()
    assert tables.fix_versions["version"].between(0, len(tables.versions) - 1).all()
    causes = tables.links[tables.links["phrase"] == "is caused by"]
    kinds = tables.issues["type"].to_numpy()
    assert (kinds[causes["issue"]] == "Incident").all()
    assert (kinds[causes["other"]] == "Deployment").all()
