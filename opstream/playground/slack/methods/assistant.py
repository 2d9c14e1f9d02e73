"""`assistant.threads.*`: what the app says it is doing in a thread."""

from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json, mappings

MOST_PROMPTS = 4


def _thread(call: Call) -> tuple[str, str]:
    channel = call.joined(call.channel("channel_id"))
    thread_ts = call.text("thread_ts")
    if call.hub.workspace.message(channel.id, thread_ts) is None:
        raise SlackError("invalid_thread_ts")
    return channel.id, thread_ts


def set_status(call: Call) -> Json:
    """Show a status in a thread until the app writes there, or for two minutes."""
    channel, thread_ts = _thread(call)
    call.set_status(channel, thread_ts, call.text("status"))
    return {}


def set_prompts(call: Call) -> Json:
    """Take up to four suggested prompts. The page does not show them."""
    _thread(call)
    prompts = call.json("prompts", "invalid_arguments")
    complete = [one for one in mappings(prompts) if one.get("title") and one.get("message")]
    if (
        not isinstance(prompts, list)
        or len(complete) != len(prompts)
        or len(prompts) > MOST_PROMPTS
    ):
        raise SlackError("invalid_arguments")
    return {}


def set_title(call: Call) -> Json:
    """Take the title of a thread. The page does not show it."""
    _thread(call)
    return {}


TITLED = ("assistant:write",)

METHODS: Methods = {
    "assistant.threads.setStatus": Method(
        set_status, Tier.SPECIAL, ("chat:write", "assistant:write"), ("channel_id", "thread_ts")
    ),
    "assistant.threads.setSuggestedPrompts": Method(
        set_prompts, Tier.FOUR, TITLED, ("channel_id", "thread_ts", "prompts")
    ),
    "assistant.threads.setTitle": Method(
        set_title, Tier.FOUR, TITLED, ("channel_id", "thread_ts", "title")
    ),
}
