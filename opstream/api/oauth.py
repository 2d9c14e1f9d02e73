"""Where authorization servers send browsers back to, after somebody signed in for this install."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from opstream.api.pages import HEADERS
from opstream.errors import OpStreamError
from opstream.governance.linking import Linking
from opstream.ports.linking import Arrival

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OpStream</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.6 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto; padding: 0 1.2rem; }}
</style>
<main>
<h1>{title}</h1>
<p>{text}</p>
</main>
</html>
"""


def routes(linking: Linking) -> list[Route]:
    """Return `/oauth/callback/{name}`."""

    async def landed(request: Request) -> Response:
        name, given = request.path_params["name"], request.query_params
        error = given.get("error_description") or given.get("error", "")
        arrival = Arrival(given.get("state", ""), given.get("code", ""), given.get("iss"), error)
        try:
            await linking.arrived(name, arrival)
        except OpStreamError as refused:
            return _page("That did not work", str(refused).replace("`", ""), 400)
        return _page("Linked", f"{name} is linked. You can close this page and go back to Slack.")

    return [Route("/oauth/callback/{name}", landed)]


def _page(title: str, text: str, status: int = 200) -> HTMLResponse:
    page = _PAGE.format(title=escape(title), text=escape(text))
    return HTMLResponse(page, status, HEADERS)
