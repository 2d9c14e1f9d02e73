"""Addresses of runs in messages: shown with the run's state where everybody there may see it, else left alone."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog
from slack_sdk.errors import SlackApiError

from blocks import unfurls
from handlers.edge import Edge
from handlers.patience import patiently
from handlers.payloads import Asker, Body
from handlers.troubles import Kind, understand
from opstream.domain.addresses import page_of, run_in
from opstream.domain.conversation import Place
from opstream.domain.person import Person
from opstream.domain.run import RunView
from opstream.errors import NotFound

log = structlog.get_logger(__name__)
_MOST = 5
_WAITS = (Kind.WAIT, Kind.TRY_AGAIN)


async def shared(event: Body, edge: Edge) -> None:
    """Show the runs whose addresses a message has, as far as its author and its readers may see them."""
    links = _runs(event, edge.addresses.public_url)
    user, ts = str(event.get("user") or ""), str(event.get("message_ts") or "")
    place = Place(str(event.get("channel") or ""), str(event.get("thread_ts") or "") or None)
    if not links or not user or not ts:
        return
    author = await edge.people.find(Asker(user))
    with_us = event.get("is_bot_user_member") is True
    shown: dict[str, RunView] = {}
    for url, run_id in links.items():
        view = await _seen(run_id, author, edge)
        if view is not None and await _is_for_readers(view, place, edge, with_us=with_us):
            shown[url] = view
    if shown:
        await _unfurl(place.channel, ts, shown, edge)


async def asked(event: Body, edge: Edge) -> None:
    """Tell somebody who opened a run's Work Object more of it, if they may see the run."""
    run_id = str((event.get("external_ref") or {}).get("id") or "")
    person = await edge.people.find(Asker(str(event.get("user") or "")))
    view, trigger = await _seen(run_id, person, edge), str(event.get("trigger_id") or "")
    if view is None:
        await edge.client.entity_presentDetails(trigger, error=dict(unfurls.missing()))
        return
    url, thread = await edge.addresses.of(run_id), await edge.addresses.thread_of(run_id)
    found = unfurls.details(view, url, thread, edge.clock.now())
    await edge.client.entity_presentDetails(trigger, metadata=dict(found))


def _runs(event: Body, public_url: str) -> Mapping[str, str]:
    """Return the runs that are meant by the addresses of a message, each address once."""
    urls = [str(one.get("url") or "") for one in event.get("links") or ()]
    found = {url: run_in(public_url, url) for url in urls}
    known = {url: run_id for url, run_id in found.items() if run_id}
    return dict(list(known.items())[:_MOST])


async def _seen(run_id: str, by: Person, edge: Edge) -> RunView | None:
    """Return a run, or None if there is none that somebody may see."""
    try:
        await edge.services.runs.require_seen(run_id, by=by)
        return await edge.services.runs.view(run_id)
    except NotFound:
        return None


async def _is_for_readers(view: RunView, place: Place, edge: Edge, *, with_us: bool) -> bool:
    """Return whether everybody who reads a conversation may see a run.

    They may where it stands. A direct message with us has no reader but its author; and what is shared
    with another company is for what stands there alone.
    """
    if view.run.place is not None and view.run.place.channel == place.channel:
        return True
    if place.is_direct:
        return with_us
    if not await edge.channels.is_ours(place.channel):
        return False
    sight = await edge.people.sights.of_channel(place.channel)
    readers = Person(place.channel, "", sight=sight)
    return await _seen(view.run.id, readers, edge) is not None


async def _unfurl(channel: str, ts: str, shown: Mapping[str, RunView], edge: Edge) -> None:
    now, url_of = edge.clock.now(), partial(page_of, edge.addresses.public_url)
    plain, entities = {}, []
    for posted, view in shown.items():
        thread = await edge.addresses.thread_of(view.run.id)
        plain[posted] = {"blocks": unfurls.unfurl(view, thread, now)}
        entities.append(unfurls.shared(view, url_of(view.run.id), posted, now))
    send = partial(edge.client.chat_unfurl, channel=channel, ts=ts, unfurls=plain)
    try:
        await _sent(partial(send, metadata={"entities": entities}), edge)
    except SlackApiError as error:
        trouble = understand(error)
        if trouble.kind in _WAITS:
            raise
        log.info("work_objects_refused", reason=trouble.code)
        await _sent(send, edge)  # where there are no Work Objects, blocks show the same


async def _sent(call: Callable[[], Awaitable[object]], edge: Edge) -> None:
    await patiently(call, edge.outbox.pacing.sleep)
