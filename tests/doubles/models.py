"""A double of the three providers of models, on this machine: real HTTP, answers by a script.

It speaks Gemini's, Anthropic's (Messages) and OpenAI's (Responses) language on one port, so the real SDKs talk
to it. What it answers stands in rules; the first that fits and is not used up answers. In a test:

    async with doubles.started([
        Rule(says="overdue", reply=Reply(calls=[Call("notion.query", {"who": "Ana"})]), times=1),
        Rule(reply=Reply("Two things are overdue.")),
    ]) as double:
        ...  # `double.environment()` is what a process needs to talk to it
    assert double.asked[-1].results == ['{"items": []}']

A rule may also be a function that takes what was asked (`Asked`) and returns a `Reply`, or None to pass. The
same from another process, with rules in YAML:

    python -m tests.doubles.models --script FILE [--port 8123]

    - when: {says: overdue, after_results: false}   # all of Rule's conditions by name
      calls: [{name: notion.query, arguments: {who: Ana}}]
      times: 1
    - text: Two things are overdue.

The process prints one line of JSON: `{"port": …, "environment": {…}}`. `GET /asked` gives what it was asked,
`POST /rules` (a list as in the file) replaces the rules. What fits no rule is answered with 400, so that a script
that forgot something shows. Names of operations stand as we write them (`notion.query`), here and there.
"""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import yaml
from aiohttp import web

from tests.doubles import anthropic, embeddings, gemini, openai
from tests.doubles.script import Asked, Call, Reply, Rule, rules_of

__all__ = ["Asked", "Call", "Double", "Reply", "Rule", "started"]

KEYS = {"gemini": "key-of-gemini", "claude": "key-of-claude", "openai": "key-of-openai"}
"""The keys that it takes; any other is refused with 401."""
Answering = Rule | Callable[[Asked], Reply | None]


class Double:
    """The running double.

    Attributes:
        asked: Every question so far, oldest first; those with a wrong key, too.
        rules: What answers; may be changed at any time.
    """

    def __init__(self, rules: Sequence[Answering]) -> None:
        self.rules = list(rules)
        self.asked: list[Asked] = []
        self.embedded: list[list[str]] = []
        self.port = 0
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The base address, for Gemini and Anthropic."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self, *makers: str) -> Mapping[str, str]:
        """Return the variables with which OpStream asks here; for some providers only, if named."""
        wanted = makers or tuple(KEYS)
        names = {
            "gemini": ("GEMINI_API_KEY", "OPSTREAM_GEMINI_URL", self.url),
            "claude": ("ANTHROPIC_API_KEY", "OPSTREAM_ANTHROPIC_URL", self.url),
            "openai": ("OPENAI_API_KEY", "OPSTREAM_OPENAI_URL", f"{self.url}/v1"),
        }
        found = {}
        for maker in wanted:
            key, where, url = names[maker]
            found |= {key: KEYS[maker], where: url}
        return found

    async def start(self, port: int = 0) -> None:
        """Listen on a free port, or on a certain one."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1beta/models/{call}", self._gemini)
        app.router.add_post("/v1/messages", self._claude)
        app.router.add_post("/v1/responses", self._openai)
        app.router.add_get("/asked", self._shown)
        app.router.add_post("/rules", self._replaced)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        [(_, self.port)] = self._runner.addresses

    async def stop(self) -> None:
        """Let go of whoever still waits for an answer, and stop listening."""
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _gemini(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        model, _, method = request.match_info["call"].partition(":")
        if "mbedContent" in method:
            if request.headers.get("x-goog-api-key") != KEYS["gemini"]:
                return gemini.refused(401, "API key not valid.")
            texts, answer = embeddings.answered(body)
            self.embedded.append(texts)
            return web.json_response(answer)
        asked = gemini.asked(body, model, method.startswith("stream"))
        right = request.headers.get("x-goog-api-key") == KEYS["gemini"]
        return await self._answer(request, asked, right, gemini)

    async def _claude(self, request: web.Request) -> web.StreamResponse:
        asked = anthropic.asked(await request.json())
        given = request.headers.get("x-api-key") or request.headers.get("authorization", "")
        right = given.removeprefix("Bearer ") == KEYS["claude"]
        return await self._answer(request, asked, right, anthropic)

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        asked = openai.asked(await request.json())
        right = request.headers.get("authorization") == f"Bearer {KEYS['openai']}"
        return await self._answer(request, asked, right, openai)

    async def _answer(self, request, asked: Asked, right: bool, language) -> web.StreamResponse:
        self.asked.append(asked)
        if not right:
            return language.refused(401, "The key is not valid.")
        reply = self._reply(asked)
        if reply is None:
            said = f"No rule of the script fits: {asked.text[:200]!r} (tools: {asked.tools})"
            return language.refused(400, said)
        if reply.held is not None:
            await self._until(reply.held)
        if reply.raw is not None or reply.status != 200:
            return _amiss(reply, language)
        if asked.streamed:
            return await self._stream(request, reply, language.pieces(asked, reply))
        if reply.cut_after is not None:
            request.transport.abort()
        return web.json_response(language.whole(asked, reply))

    def _reply(self, asked: Asked) -> Reply | None:
        for rule in self.rules:
            reply = rule.answer(asked) if isinstance(rule, Rule) else rule(asked)
            if reply is not None:
                return reply
        return None

    async def _until(self, held: asyncio.Event) -> None:
        waits = [asyncio.create_task(one.wait()) for one in (held, self._closing)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()

    async def _stream(self, request, reply: Reply, pieces: Sequence[str]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        with contextlib.suppress(ConnectionError):  # whoever asked may have left
            await self._piece_by_piece(request, response, reply, pieces)
        return response

    async def _piece_by_piece(self, request, response, reply: Reply, pieces) -> None:
        await response.prepare(request)
        for count, piece in enumerate(pieces):
            if reply.cut_after is not None and count >= reply.cut_after:
                if reply.cut_softly:
                    break  # a proxy that ends the answer as if that were all
                request.transport.abort()
                return
            await response.write(piece.encode())
            if reply.stalled_after is not None and count + 1 >= reply.stalled_after:
                await self._until(asyncio.Event())
        await response.write_eof()

    async def _shown(self, _: web.Request) -> web.Response:
        return web.json_response([asdict(one) for one in self.asked])

    async def _replaced(self, request: web.Request) -> web.Response:
        self.rules = rules_of(await request.json())
        return web.json_response({"rules": len(self.rules)})


def _amiss(reply: Reply, language) -> web.Response:
    if reply.raw is not None:
        return web.Response(text=reply.raw, content_type="application/json")
    response = language.refused(reply.status, reply.text or "The double was told to fail.")
    if reply.retry_after is not None:
        response.headers["Retry-After"] = str(reply.retry_after)
    return response


@contextlib.asynccontextmanager
async def started(rules: Sequence[Answering] = (), port: int = 0) -> AsyncIterator[Double]:
    """A double that listens while the block runs."""
    double = Double(rules)
    await double.start(port)
    try:
        yield double
    finally:
        await double.stop()


async def _serve(rules: Sequence[Rule], port: int) -> None:
    async with started(rules, port) as double:
        said = {"port": double.port, "environment": double.environment()}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description="A double of the providers of models.")
    parser.add_argument("--script", type=Path, help="rules, as YAML")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    given = parser.parse_args()
    rules = rules_of(yaml.safe_load(given.script.read_text())) if given.script else []
    try:
        asyncio.run(_serve(rules, given.port))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
