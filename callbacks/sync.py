"""Fetch from Jira without freezing the page: start, follow, cancel, and tell the page when the data has changed."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update

from callbacks.context import services
from callbacks.quality import known_quality
from ui import ids
from ui.components.freshness import freshness
from ui.components.notice import notices
from ui.components.quality_badge import last_sync, quality_badge
from ui.components.sync_progress import progress
from ui.shell import site_words

# What a save answers names the new revision already, so the numbers are asked for at once. The rest of the page asks a
# little later, told by Store.SAVED outside of the callbacks: Dash lets a question wait while any answer is due that
# could
# change it, however indirectly.
clientside_callback(
    ClientsideFunction("throughline", "revision"),
    Output(ids.Store.REVISION, "data"),
    Input(ids.Store.FOLLOWED, "data"),
    Input(ids.Mapping.RESULT, "data"),
    Input(ids.Definitions.RESULT, "data"),
    State(ids.Store.REVISION, "data"),
    prevent_initial_call=True,
)


@callback(
    Output(ids.Sync.PROGRESS, "children"),
    Output(ids.Sync.BAR, "hidden"),
    Output(ids.Sync.CLOCK, "disabled"),
    Output(ids.Header.FRESHNESS, "children"),
    Output(ids.Header.QUALITY, "children"),
    Output(ids.Header.SITE, "children"),
    Output(ids.Banner.SAMPLE, "hidden"),
    Output(ids.Banner.PROBLEMS, "children"),
    Output(ids.Store.FOLLOWED, "data"),
    Output(ids.Store.LAST_SYNC, "data"),
    Input(ids.Header.SYNC, "n_clicks"),
    Input(ids.Sync.CANCEL, "n_clicks"),
    Input(ids.Sync.CLOCK, "n_intervals"),
    Input(ids.Sync.WATCH, "n_intervals"),
    Input(ids.Store.SAVED, "data"),
    Input(ids.Store.CONNECTED, "data"),
    State(ids.Store.REVISION, "data"),
    prevent_initial_call=True,
)
def follow_sync(
    _sync: int | None,
    _cancel: int | None,
    _tick: int,
    _watch: int | None,
    _saved: int,
    _connected: int,
    known: str,
) -> tuple[Any, ...]:
    """A click starts or cancels; the clock follows to the end; a new revision makes the cards ask again.

    A page left open is watched: what opening it would renew is renewed (D-11).
    """
    sync, snapshot = services().sync, services().snapshot()
    if ctx.triggered_id == ids.Header.SYNC:
        sync.start(snapshot)
    elif ctx.triggered_id == ids.Sync.CANCEL:
        sync.cancel(snapshot)
    elif ctx.triggered_id == ids.Sync.WATCH:
        sync.ensure_fresh(snapshot)
    status = services().status.of(snapshot)
    running = status.sync.state == "running"
    quality = None if running else known_quality(snapshot)
    return (
        progress(status.sync),
        not running,
        not running,
        freshness(status),
        no_update if quality is None else quality_badge(quality),
        site_words(status),
        not status.is_sample,
        notices(status.problems),
        no_update if status.revision == known else status.revision,
        no_update if quality is None else last_sync(quality),
    )
