"""A limit on what repeated requests can make the log hold."""

from __future__ import annotations

import io
import logging

import pytest

from data.platform.log_limit import LONGEST_MESSAGE, LONGEST_TRACEBACK, MOST_RECORDS, MOST_TRACEBACKS, SPAN, LogLimit
from data.platform.logs import PlainLines, write_logs


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def written():
    """(logger, what was written, clock)"""
    clock, stream = Clock(), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainLines())
    handler.addFilter(LogLimit(clock))
    logger = logging.getLogger("tests.log_limit")
    logger.propagate = False
    logger.setLevel("DEBUG")
    logger.addHandler(handler)
    yield logger, stream.getvalue, clock
    logger.removeHandler(handler)
    logger.propagate = True


def test_one_place_writes_so_many_lines_a_minute_and_says_what_it_left_out(written):
    logger, text, clock = written
    for round_ in range(2):
        for n in range(1000):
            logger.warning("login failed for %s", n)
        clock.now += SPAN
        assert text().count("login failed") == MOST_RECORDS * (round_ + 1)
    assert text().count(f"({1000 - MOST_RECORDS} more like this were not logged before)") == 1


def test_other_places_and_other_errors_still_write(written):
    logger, text, _ = written
    for n in range(100):
        logger.warning("here %s", n)
    logger.warning("elsewhere")
    for kind in (ValueError, KeyError):
        for _ in range(100):
            try:
                raise kind("x")
            except (ValueError, KeyError):
                logger.exception("failed")
    assert "elsewhere" in text()
    for kind in ("ValueError", "KeyError"):
        assert text().count(f"    {kind}: ") == MOST_TRACEBACKS
        assert text().count(f"({kind}; its traceback is above)") == MOST_RECORDS - MOST_TRACEBACKS


def test_what_is_below_a_warning_is_not_limited(written):
    logger, text, _ = written
    for _ in range(100):
        logger.info("asked")
    assert text().count("asked") == 100


def test_long_messages_and_tracebacks_are_cut(written):
    logger, text, _ = written
    try:
        raise ValueError("y" * 1_000_000)
    except ValueError:
        logger.exception("x" * 1_000_000)
    assert len(text()) < LONGEST_MESSAGE + LONGEST_TRACEBACK + 500
    assert "Traceback" in text()


def test_logs_of_the_program_and_of_gunicorn_have_the_limit():
    write_logs({})
    write_logs({})
    ours = [each for each in logging.getLogger().handlers if getattr(each, "is_ours", False)]
    try:
        assert [sum(isinstance(each, LogLimit) for each in handler.filters) for handler in ours] == [1]
        assert sum(isinstance(each, LogLimit) for each in logging.getLogger("gunicorn.error").filters) == 1
    finally:
        for each in ours:
            logging.getLogger().removeHandler(each)
