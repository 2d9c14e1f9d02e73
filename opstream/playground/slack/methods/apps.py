"""`api.test`, `auth.test`, `apps.connections.open`: the app and its connection."""

from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.people import APP_ID, APP_USER, BOT_ID, TEAM_ID, TEAM_NAME
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json


def test_api(call: Call) -> Json:
    """Echo the arguments, or fail with `error` if that is asked for."""
    arguments = {key: value for key, value in call.arguments.items() if key != "token"}
    if call.has("error"):
        raise SlackError(call.text("error"), args=arguments)
    return {"args": arguments}


def test_auth(call: Call) -> Json:
    """Say who the token belongs to."""
    app = call.hub.workspace.people[APP_USER]
    return {
        "url": f"{call.hub.address}/",
        "team": TEAM_NAME,
        "user": app.name,
        "team_id": TEAM_ID,
        "user_id": APP_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> Json:
    """Return the address of a new Socket Mode connection; its ticket is good for one."""
    if not call.hub.manifest.socket_mode:
        raise SlackError("socket_mode_not_enabled")
    place = call.hub.address.replace("http://", "ws://", 1)
    return {"url": f"{place}/link/?ticket={call.open_ticket()}&app_id={APP_ID}"}


METHODS: Methods = {
    "api.test": Method(test_api, Tier.FOUR, token="none"),
    "auth.test": Method(test_auth, Tier.SPECIAL),
    "apps.connections.open": Method(open_connection, Tier.THREE, token="app"),
}
