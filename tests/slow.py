"""Tests that `make check` leaves out: those that take long, or need what a change seldom touches. `make test` runs
them all.
"""

from __future__ import annotations

PLACES = {
    "tests/app/test_cold_start.py": "servers that start from nothing",
    "tests/app/test_gunicorn.py": "servers in processes of their own",
    "tests/app/test_malformed.py": "a thousand odd requests",
    "tests/app/test_operable.py": "servers in processes of their own",
    "tests/app/test_stopping.py": "servers that are ended",
    "tests/app/test_telemetry.py": "servers and collectors in processes of their own",
    "tests/browser": "a real browser",
    "tests/cli/test_jtbd.py": "commands on the sample site, one after the other",
    "tests/cli/test_query.py": "commands on the sample site, one after the other",
    "tests/cli/test_whole.py": "each command as a program of its own",
    "tests/contract": "Jira's OpenAPI documents; needs npm",
    "tests/data/forecast/test_calibration.py": "thousands of forecasts",
    "tests/data/forecast/test_forecast.py": "trials in plain Python",
    "tests/data/jtbd/test_rescue.py": "damaged stores",
    "tests/data/metrics/test_code_version.py": "an upgrade of the program",
    "tests/data/metrics/test_real_issues.py": "real issues in the folder shared",
    "tests/data/overview/test_overview_against_oracle.py": "the oracle of the overview on forty companies",
    "tests/data/query": "a formula and its SQL side by side, thousands of times",
    "tests/data/settings/test_store.py": "programs that save at once, and are killed",
    "tests/data/sprints/test_generated_site.py": "the oracle of sprints on the sample site",
    "tests/data/store/test_store.py": "programs that open a store at once",
    "tests/data/sync/test_faults.py": "many syncs with random faults",
    "tests/data/sync/test_real_input.py": "real issues in the folder shared",
    "tests/data/sync/test_resume.py": "syncs that are ended",
    "tests/data/tables/test_copies.py": "programs that share copies of tables",
    "tests/data/test_background.py": "workers in processes of their own, which are killed",
    "tests/data/test_services.py": "the whole on the sample site",
    "tests/data/test_without_permission.py": "another user of this computer",
    "tests/faults": "a Jira that misbehaves, with many syncs for each fault",
    "tests/mutants/test_campaign.py": "runs of pytest within pytest",
    "tests/sample": "the sample site itself",
    "tests/test_canary.py": "whole programs whose every output is searched",
    "tests/test_seeding.py": "runs of pytest within pytest",
    "tests/torture": "kills, full disks, corrupt files",
}


def is_slow(nodeid: str) -> bool:
    """Whether a test lies in one of the places.

    >>> is_slow("tests/faults/test_random.py::test_a"), is_slow("tests/data/test_faults.py::test_a")
    (True, False)
    """
    file = nodeid.partition("::")[0]
    return any(file == place or file.startswith(f"{place}/") for place in PLACES)
