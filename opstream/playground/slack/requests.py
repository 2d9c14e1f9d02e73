"""Reading a request of the Web API: its arguments, wherever they stand, and its token."""

from aiohttp import web

from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.wire import Json, load

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def arguments(request: web.Request) -> Json:
    """Return the arguments of a call: of the query, and of a form or JSON body.

    Raises:
        SlackError: `invalid_json`, `json_not_object` or `invalid_form_data`.
    """
    found: Json = dict(request.query)
    if request.method != "POST" or not request.can_read_body:
        return found
    if request.content_type in FORMS:
        try:
            form = await request.post()
        except ValueError as problem:
            raise SlackError("invalid_form_data") from problem
        return found | {key: value for key, value in form.items() if isinstance(value, str)}
    body = await request.read()
    if request.content_type != "application/json" or not body.strip():
        return found
    try:
        value = load(body)
    except ValueError as problem:
        raise SlackError("invalid_json") from problem
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    # Slack reads no token from a JSON body: only the header counts there.
    return found | {key: item for key, item in value.items() if key != "token"}


def token(request: web.Request, given: Json) -> str:
    """Return the token of a call, '' when there is none. The header wins."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return bearer.strip()
    value = given.get("token")
    return value if isinstance(value, str) else ""
