"""A real HTTP service on a free port: a Starlette app whose answers a test says, and what it was asked."""

import asyncio
import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass
class Asked:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Service:
    """Answers are functions of what was asked, by `GET /path`; anything else is 404."""

    url: str = ""
    answers: dict = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def clear(self):
        self.answers.clear()
        self.asked.clear()
        return self

    def of(self, path):
        return [one for one in self.asked if one.path == path]

    async def answer(self, request: Request) -> Response:
        headers = dict(request.headers)
        asked = Asked(
            request.method,
            request.scope["raw_path"].decode().partition("?")[0],
            list(request.query_params.multi_items()),
            headers,
            await request.body(),
        )
        self.asked.append(asked)
        given = self.answers.get(f"{asked.method} {request.scope['path']}")
        is_fixed = isinstance(given, Response) or not callable(given)
        found = given if is_fixed else given(asked)
        if asyncio.iscoroutine(found):
            found = await found
        if found is None:
            return JSONResponse({"message": "no such thing"}, 404)
        return found if isinstance(found, Response) else JSONResponse(found)


class _Uvicorn(uvicorn.Server):
    def __init__(self, config):
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def serving():
    """Serve in a thread, which many tests may share: starting takes longer than most of them."""
    service = Service()
    methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", service.answer, methods=methods)])
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    service.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    server = _Uvicorn(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
    thread = threading.Thread(target=asyncio.run, args=(server.serve([sock]),))
    thread.start()
    assert server.ready.wait(30)
    yield service
    server.should_exit = server.force_exit = True
    thread.join(30)
    sock.close()
