"""The connection form as it looks in each state."""

from __future__ import annotations

from data.values.problem import Problem
from data.values.status import ConnectionReport
from tests.callbacks.acting import words
from ui.modals.connection import FormValues, connection_modal, environment_note, form_note, report


def test_the_token_box_hides_what_is_typed_and_holds_nothing() -> None:
    form = words(connection_modal())
    assert '"id": "connection-token", "value": ""' in form.replace(
        '"value": "", "id": "connection-token"', '"id": "connection-token", "value": ""'
    )
    assert '"type": "password"' in form


def test_each_box_has_a_label_that_points_to_it() -> None:
    form = words(connection_modal())
    for each in ("url", "email", "token", "jql"):
        assert f'"htmlFor": "connection-{each}"' in form


def test_a_good_report_leaves_out_what_is_not_known() -> None:
    shown = words(report(ConnectionReport(True, "Acme", "cloud", "Ada", "")))
    assert "Jira Cloud" in shown
    assert "Time zone" not in shown


def test_a_bad_report_says_what_why_and_what_to_do() -> None:
    shown = words(report(ConnectionReport(False, problem=Problem("No.", "Because.", "Do this.", "danger"))))
    assert all(each in shown for each in ("No.", "Because.", "Do this."))
    assert "does not work" in words(report(ConnectionReport(False)))


def test_the_note_counts_what_comes_from_the_environment() -> None:
    assert environment_note(frozenset()) is None
    assert "Token comes from the environment." in words(environment_note(frozenset({"token"})))
    several = words(environment_note(frozenset({"jql", "url", "email"})))
    assert "Site address, e-mail and query come from the environment." in several
    assert form_note(FormValues()) == []
