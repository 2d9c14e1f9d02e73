"""`dnd.*`: who does not want to be disturbed now."""

from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json

_FAR = 1  # what Slack gives for somebody without a time of their own


def info(call: Call) -> Json:
    """Describe the do-not-disturb of one person."""
    return _of(call, call.person().id)


def team_info(call: Call) -> Json:
    """Describe that of several people, without their snoozes."""
    wanted = [one.strip() for one in call.text("users").split(",") if one.strip()]
    if len(wanted) > 50:
        raise SlackError("too_many_users")
    known = call.hub.workspace.people
    found = {id: _schedule() for id in wanted if id in known}
    return {"users": found}


def _of(call: Call, person: str) -> Json:
    until = call.hub.workspace.snoozes.get(person, 0)
    snoozes = until > call.hub.clock()
    snooze: Json = {"snooze_enabled": snoozes}
    if snoozes:
        snooze |= {"snooze_endtime": int(until), "snooze_is_indefinite": False}
    return {**_schedule(), **snooze}


def _schedule() -> Json:
    return {"dnd_enabled": False, "next_dnd_start_ts": _FAR, "next_dnd_end_ts": _FAR}


METHODS: Methods = {
    "dnd.info": Method(info, Tier.THREE, ("dnd:read",)),
    "dnd.teamInfo": Method(team_info, Tier.TWO, ("dnd:read",), ("users",)),
}
