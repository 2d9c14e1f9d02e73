"""The workspace as it is on the first day."""

from opstream.playground.slack import happenings as h
from opstream.playground.slack.channels import Channel
from opstream.playground.slack.manifest import Manifest
from opstream.playground.slack.messages import Content, Message
from opstream.playground.slack.people import APP_USER, PEOPLE, SLACKBOT

OPS = "C0OPS00001"

WELCOME = (
    ":wave: Welcome to the playground. This is a *simulation*: a pretend Slack workspace on your own machine, beside"
    " a pretend estate of services, so you can try anything without breaking something real.\n"
    "Type this to begin:\n"
    "```/opstream start application_profiling service=checkout duration=2m```\n"
    "You can be several people: switch at the bottom left, for example to approve as Bo what Ana has asked for."
)


def happenings(manifest: Manifest, now: float) -> list[h.Happening]:
    """Return how the workspace begins."""
    everyone = tuple(person.id for person in PEOPLE)
    with_app = (*everyone, APP_USER)
    created = int(now)
    places = [
        Channel(OPS, "ops", "channel", "Day-to-day operations", with_app, created=created),
        Channel(
            "C0OPSALRT1",
            "ops-alerts",
            "channel",
            "What the monitors say",
            with_app,
            created=created,
        ),
        Channel("C0INCIDNT1", "incidents", "channel", "When it hurts", with_app, created=created),
        Channel("C0GENERAL1", "general", "channel", "For everyone", with_app, created=created),
        Channel("C0RANDOM01", "random", "channel", "Everything else", everyone, created=created),
    ]
    places += [
        Channel(
            id=f"D{person.id[1:]}",
            name=manifest.bot_name,
            kind="im",
            members=(person.id, APP_USER),
            user=person.id,
            created=created,
        )
        for person in PEOPLE
    ]
    welcome = Message(OPS, f"{created}.000100", SLACKBOT, Content(WELCOME))
    return [*(h.ChannelChanged(place) for place in places), h.MessagePosted(welcome)]
