"""Whether this process lives, and whether it is of use: what load balancers and people ask."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from opstream.domain.operation import Health
from opstream.domain.values import Json
from opstream.ports import ChatVitals, Clock, Vitals

_STANDSTILL = timedelta(minutes=1)
_USABLE = frozenset({Health.READY, Health.STARTING})


def routes(vitals: Callable[[], Awaitable[Vitals]], clock: Clock) -> list[Route]:
    """Return `/health` and `/ready`."""

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "alive"})

    async def ready(request: Request) -> JSONResponse:
        found, now = await vitals(), clock.now()
        why = trouble(found, now)
        told = {"status": "not ready" if why else "ready", **({"error": why} if why else {})}
        return JSONResponse({**told, **figures(found, now)}, 503 if why else 200)

    return [Route("/health", health), Route("/ready", ready)]


def trouble(vitals: Vitals, now: datetime) -> str:
    """Return why a process is of no use now, as a sentence; empty when it is fine.

    One tool that is down is no reason, because runs that need others go on; all of them are.
    """
    if vitals.trouble:
        return vitals.trouble
    if vitals.chat and vitals.chat.sockets and not vitals.chat.connected:
        return (
            "No socket to Slack is open, so nobody is heard. They are opened again by themselves; if "
            "this lasts, check SLACK_APP_TOKEN and the network."
        )
    silence = now - vitals.last_look_at
    if vitals.waiting and silence > _STANDSTILL:
        return (
            f"{vitals.waiting} looks at runs wait, and none has ended for "
            f"{silence.total_seconds():.0f} s. Look into the log; a restart loses nothing."
        )
    if vitals.sources and not any(one.health in _USABLE for one in vitals.sources):
        names = ", ".join(f"`{one.name}`" for one in vitals.sources)
        return f"None of the tools can be used now: {names}. Look into the log for the reasons."
    return ""


def figures(vitals: Vitals, now: datetime) -> Mapping[str, Json]:
    """Return what is worth watching."""
    return {
        "looks_waiting": vitals.waiting,
        "runs_under_way": vitals.under_way,
        "seconds_since_last_look": round((now - vitals.last_look_at).total_seconds(), 1),
        "tools": {one.name: one.health.value for one in vitals.sources},
        **({"slack": _chat(vitals.chat, now)} if vitals.chat else {}),
    }


def _chat(chat: ChatVitals, now: datetime) -> Mapping[str, Json]:
    heard = chat.heard_at
    return {
        "sockets_open": chat.connected,
        "sockets_wanted": chat.sockets,
        "seconds_since_last_event": round((now - heard).total_seconds(), 1) if heard else None,
        "listeners_at_work": chat.at_work,
    }
