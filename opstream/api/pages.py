"""The pages of runs: they lead to Slack, which asks who is there, and show nothing themselves.

A page is the same, letter by letter, for a run that a stranger must not know of and for one that never was.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What every page of ours is sent with: nothing is kept, no script runs, no address is passed on."""
_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OpStream</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto; padding: 0 1.2rem; }
a.open { display: inline-block; margin: .6rem 0; padding: .5rem 1.1rem; border-radius: .5rem;
  background: #0f766e; color: #fff; font-weight: 600; text-decoration: none; }
code { padding: .1rem .3rem; border-radius: .3rem; background: light-dark(#eef0f3, #2a2f37); }
</style>
<main>
<h1>Open it in Slack</h1>
<p>Runs are shown in Slack, to people who may see them.</p>
<p><a class="open" href="https://app.slack.com/client">Open Slack</a></p>
<p>There, write <code>/opstream status</code> and the last part of this page's address.</p>
</main>
</html>
"""


def routes(thread_of: Callable[[str], Awaitable[str]] | None = None) -> list[Route]:
    """Return `/runs/{run}`.

    Args:
        thread_of: Gives where the thread of a run is, '' when strangers must not learn that; None in a
            process that does not know.
    """

    async def page(request: Request) -> Response:
        found = await thread_of(request.path_params["run"]) if thread_of else ""
        if found:
            return RedirectResponse(found, 302, HEADERS)
        return HTMLResponse(_PAGE, headers=HEADERS)

    return [Route("/runs/{run}", page)]
