"""`users.*`, `usergroups.*`, `bots.info`, `team.info`, `emoji.list`: who and what there is."""

from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.methods.paging import page
from opstream.playground.slack.people import (
    APP_ID,
    APP_USER,
    BOT_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    TEAM_NAME,
    as_user,
    as_usergroup,
)
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json


def info(call: Call) -> Json:
    """Describe one person."""
    return {"user": as_user(call.person())}


def list_users(call: Call) -> Json:
    """List everyone."""
    found = page(call, list(call.hub.workspace.people.values()))
    shown = [as_user(one) for one in found.items]
    return {"members": shown, "cache_ts": 0, "response_metadata": found.metadata}


def list_groups(call: Call) -> Json:
    """List the user groups, with their members only if asked."""
    shown = [as_usergroup(group) for group in call.hub.workspace.groups]
    if not call.flag("include_users"):
        for one in shown:
            del one["users"]
    return {"usergroups": shown}


def group_members(call: Call) -> Json:
    """List who is in a user group."""
    for group in call.hub.workspace.groups:
        if group.id == call.text("usergroup"):
            return {"users": list(group.users)}
    raise SlackError("no_such_subteam")


def bot_info(call: Call) -> Json:
    """Describe the app's bot."""
    if call.text("bot") not in {"", BOT_ID}:
        raise SlackError("bot_not_found")
    bot: Json = {
        "id": BOT_ID,
        "deleted": False,
        "name": call.hub.manifest.bot_name,
        "updated": 0,
        "app_id": APP_ID,
        "user_id": APP_USER,
        "icons": {},
    }
    return {"bot": bot}


def team_info(call: Call) -> Json:
    """Describe the workspace."""
    team: Json = {
        "id": TEAM_ID,
        "name": TEAM_NAME,
        "domain": TEAM_DOMAIN,
        "email_domain": "",
        "url": f"{call.hub.address}/",
        "icon": {"image_default": True},
    }
    return {"team": team}


def list_emoji(call: Call) -> Json:
    """List the custom emoji: there are none."""
    return {"emoji": {}, "cache_ts": "0"}


GROUPS = ("usergroups:read",)

METHODS: Methods = {
    "users.info": Method(info, Tier.FOUR, ("users:read",), ("user",)),
    "users.list": Method(list_users, Tier.TWO, ("users:read",)),
    "usergroups.list": Method(list_groups, Tier.TWO, GROUPS),
    "usergroups.users.list": Method(group_members, Tier.TWO, GROUPS, ("usergroup",)),
    "bots.info": Method(bot_info, Tier.THREE, ("users:read",)),
    "team.info": Method(team_info, Tier.THREE, ("team:read",)),
    "emoji.list": Method(list_emoji, Tier.TWO, ("emoji:read",)),
}
