"""`agents.sessions.*`: whether the app is at work in a thread, so that people may stop it.

Source: docs.slack.dev/ai/agent-sessions and docs.slack.dev/reference/events/agent_session_stopped.
"""

from opstream.playground.slack import happenings as h
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.methods.assistant import thread
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json

STATUSES = frozenset({"active", "processing", "suspended", "closed"})
STOPPED = "agent_session_stopped"
LONGEST_TITLE = 200


def set_status(call: Call) -> Json:
    """Note whether the app is at work in a thread; while it is, the page offers to stop it."""
    channel, thread_ts = thread(call)
    status, title = call.text("status"), call.text("title")
    if status not in STATUSES or len(title) > LONGEST_TITLE:
        raise SlackError("invalid_arguments")
    heard = call.hub.manifest.hears(STOPPED)
    call.hub.record(h.SessionSet(channel, thread_ts, status == "processing", heard))
    answer: Json = {"status": status, "title": title}
    if status == "processing" and not heard:
        answer["warning"] = f"missing_{STOPPED}_event_subscription"
    return answer


METHODS: Methods = {
    "agents.sessions.setStatus": Method(
        set_status, Tier.THREE, ("assistant:write",), ("channel_id", "thread_ts", "status")
    ),
}
