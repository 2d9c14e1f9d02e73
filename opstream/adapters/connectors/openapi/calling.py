"""Calls of an API's tools: asked, let in, led on, read page by page."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from opstream.adapters.connectors.openapi import paging, requests, responses
from opstream.adapters.connectors.openapi.auth import Keys, Proof
from opstream.adapters.connectors.openapi.http import Http, NoAnswer, NotSent, TooLarge
from opstream.adapters.connectors.openapi.requests import Request, origin
from opstream.adapters.connectors.openapi.responses import Response
from opstream.adapters.connectors.openapi.settings import Api
from opstream.adapters.connectors.openapi.tokens import Tokens
from opstream.adapters.connectors.openapi.tools import Tool
from opstream.domain.operation import OperationCall, Progress
from opstream.domain.values import Json
from opstream.errors import OperationFailed
from opstream.ports import ProgressListener

_MOST_REDIRECTS = 5
_GETS = {301, 302, 303}


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes calls of one API.

    Args:
        base: Where it is; what lets us in goes there and nowhere else.
    """

    api: Api
    base: str
    keys: Keys
    tokens: Tokens
    http: Http
    now: Callable[[], datetime]

    async def call(self, tool: Tool, call: OperationCall, listener: ProgressListener) -> Json:
        """Make a call and return what it gives, all pages of a list together.

        Raises:
            OperationFailed: it did not work.
        """
        base = self.base if self.api.url else urljoin(self.base, tool.server)
        first = requests.request(tool, base, call.arguments, call.key)
        response = await self._answered(tool, first)
        output = responses.output(tool.method, response)
        fields = tool.inputs.fields
        page = paging.Page(response.url, output, response.headers.get("link", ""))
        if not paging.pages_on(tool.method, fields, call.arguments):
            return output
        following = paging.following(page, fields, call.arguments)
        if following is None and not paging.is_paged(tool.method, fields):
            return output
        return await self._all_pages(tool, call, first, page, listener)

    async def _all_pages(
        self,
        tool: Tool,
        call: OperationCall,
        first: Request,
        page: paging.Page,
        listener: ProgressListener,
    ) -> Json:
        beginning, items = page.body, list(paging.items_of(page.body))
        seen = {(first.url, first.query)}
        while following := paging.following(page, tool.inputs.fields, call.arguments):
            asked = self._next(first, following)
            if asked is not None and (asked.url, asked.query) in seen:
                break  # it goes round in circles
            if asked is None or not self._may_go_on(page.number + 1, len(items)):
                return paging.together(beginning, items, page.number + 1, more=True)
            seen.add((asked.url, asked.query))
            listener(Progress(page.number + 1, None, f"{len(items)} read so far"))
            response = await self._answered(tool, asked)
            body = responses.output(tool.method, response)
            link = response.headers.get("link", "")
            page = paging.Page(response.url, body, link, page.number + 1, len(items))
            found = paging.items_of(body)
            if not found:
                break
            items += found
        return paging.together(beginning, items, page.number + 1, more=False)

    def _may_go_on(self, pages: int, items: int) -> bool:
        return pages < self.api.pages and items < self.api.items

    def _next(self, first: Request, following: paging.Next) -> Request | None:
        """Return the request of the next page; an address elsewhere is not followed."""
        if not following.url:
            return first.with_query(dict(following.query))
        if origin(following.url) != origin(first.url):
            return None
        return replace(first, url=following.url, query=())

    async def _answered(self, tool: Tool, request: Request) -> Response:
        """Return an answer that is no failure."""
        proof = await self._proof(tool, request)
        response = await self._led(tool, request, proof)
        if response.status == 401 and proof.grant is not None:
            for name, value in proof.headers:
                if name == "Authorization":
                    self.tokens.drop(proof.grant, value)
            proof = await self._proof(tool, request)
            response = await self._led(tool, request, proof)
        secrets = self.keys.secrets()
        failed = responses.failure(tool.operation, response, secrets, self.now())
        if failed is not None:
            raise failed
        return response

    async def _proof(self, tool: Tool, request: Request) -> Proof:
        if origin(request.url) != origin(self.base):
            return Proof()
        return await self.keys.proof(tool, self.base)

    async def _led(self, tool: Tool, request: Request, proof: Proof) -> Response:
        """Send a request with its proof and follow where it leads, within the same origin."""
        for _ in range(_MOST_REDIRECTS):
            shown = replace(
                request,
                query=(*request.query, *proof.query),
                headers=(*request.headers, *proof.headers),
                cookies=(*request.cookies, *proof.cookies),
            )
            response = replace(await self._sent(tool, shown), url=request.url)
            location = response.headers.get("location", "")
            if not 300 <= response.status < 400 or response.status == 304 or not location:
                return response
            to = urljoin(request.url, location)
            if origin(to) != origin(request.url):
                raise _elsewhere(tool, to)
            request = replace(request, url=to, query=())
            if response.status in _GETS and request.method != "HEAD":
                request = replace(request, method="GET", content=None, data=(), files=())
        raise OperationFailed(
            f"`{tool.operation.name}` is led from one address to the next without an end.",
            kind="invalid",
            retryable=False,
            outcome_known=not tool.operation.writes,
        )

    async def _sent(self, tool: Tool, request: Request) -> Response:
        name, writes = tool.operation.name, tool.operation.writes
        try:
            return await self.http.send(request, self.api.answer_bytes)
        except NotSent as error:
            raise OperationFailed(
                f"`{name}` cannot be reached: {error}.", kind="unavailable"
            ) from error
        except NoAnswer as error:
            raise OperationFailed(
                f"`{name}` did not answer: {error}.",
                kind="timeout" if error.late else "unavailable",
                outcome_known=not writes,
            ) from error
        except TooLarge as error:
            megabytes = self.api.answer_bytes / 1e6
            raise OperationFailed(
                f"`{name}` answered with more than the {megabytes:g} MB that are read of it. Ask for less, "
                "or raise `answer_bytes` in config/apis.yaml.",
                kind="invalid",
                retryable=False,
                outcome_known=not writes,
            ) from error


def _elsewhere(tool: Tool, to: str) -> OperationFailed:
    scheme, host, _ = origin(to)
    return OperationFailed(
        f"`{tool.operation.name}` is answered at {scheme}://{host}, which is not where this API is, so "
        "nothing was sent there. If it has moved, mend `url` in config/apis.yaml.",
        kind="refused",
        retryable=False,
        outcome_known=not tool.operation.writes,
    )
