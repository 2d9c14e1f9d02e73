"""`assistant.threads.*`: what the app says it is doing in a thread."""

from opstream.playground.slack import happenings as h
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json, mappings, text

MOST_PROMPTS = 4


def thread(call: Call) -> tuple[str, str]:
    """Return the channel and the thread that a call is about.

    Raises:
        SlackError: `channel_not_found`, `not_in_channel` or `invalid_thread_ts`.
    """
    channel = call.joined(call.channel("channel_id"))
    thread_ts = call.text("thread_ts")
    if call.hub.workspace.message(channel.id, thread_ts) is None:
        raise SlackError("invalid_thread_ts")
    return channel.id, thread_ts


def set_status(call: Call) -> Json:
    """Show a status in a thread until the app writes there, or for two minutes."""
    channel, thread_ts = thread(call)
    call.set_status(channel, thread_ts, call.text("status"))
    return {}


def set_prompts(call: Call) -> Json:
    """Offer up to four things to say.

    A `thread_ts` belongs to the older assistant view: with it, Slack shows an agent's prompts nowhere.
    """
    channel = call.joined(call.channel("channel_id"))
    prompts = call.json("prompts", "invalid_arguments")
    complete = [one for one in mappings(prompts) if one.get("title") and one.get("message")]
    if (
        not isinstance(prompts, list)
        or len(complete) != len(prompts)
        or len(prompts) > MOST_PROMPTS
    ):
        raise SlackError("invalid_arguments")
    if not call.has("thread_ts"):
        offered = tuple((text(one["title"]), text(one["message"])) for one in complete)
        call.hub.record(h.PromptsOffered(channel.id, call.text("title"), offered))
    return {}


def set_title(call: Call) -> Json:
    """Take the title of a thread. The page does not show it."""
    thread(call)
    return {}


TITLED = ("assistant:write",)

METHODS: Methods = {
    "assistant.threads.setStatus": Method(
        set_status, Tier.SPECIAL, ("chat:write", "assistant:write"), ("channel_id", "thread_ts")
    ),
    "assistant.threads.setSuggestedPrompts": Method(
        set_prompts, Tier.FOUR, TITLED, ("channel_id", "prompts")
    ),
    "assistant.threads.setTitle": Method(
        set_title, Tier.FOUR, TITLED, ("channel_id", "thread_ts", "title")
    ),
}
