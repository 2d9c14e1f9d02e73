"""Where browsers come back to after a sign-in, and who may begin one."""

from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from opstream.api import oauth
from opstream.domain.person import Person, Role
from opstream.errors import NotAllowed, TooLate
from opstream.governance.guard import Guard
from opstream.governance.linking import Linking
from opstream.governance.permissions import Rules

ADMIN = Person("U0CLEO0001", "Cleo", frozenset({Role.ADMIN}))
OPERATOR = Person("U0ANA00001", "Ana", frozenset({Role.OPERATOR}))


class Accounts:
    """One account, for which somebody waits until they came back."""

    def __init__(self):
        self.waits = False
        self.arrivals = []

    def names(self):
        return ("wiki",)

    async def begin(self, name):
        self.waits = True
        return f"https://login.example.com/{name}"

    async def arrived(self, name, arrival):
        if not self.waits or arrival.state != "s":
            raise TooLate(f"Nobody waits. Type `/opstream connect {name}`.")
        self.waits = False
        self.arrivals.append((name, arrival.code, arrival.issuer, arrival.error))


class Trail:
    def __init__(self):
        self.entries = []

    async def record(self, entry):
        self.entries.append(entry)


class Noon:
    def now(self):
        return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def trail():
    return Trail()


@pytest.fixture
def linking(trail):
    return Linking(Accounts(), Guard(Rules(), trail, Noon()), trail, Noon())


async def come_back(linking, query, name="wiki"):
    site = httpx.ASGITransport(Starlette(routes=oauth.routes(linking)))
    async with httpx.AsyncClient(transport=site, base_url="http://ops") as browser:
        return await browser.get(f"/oauth/callback/{name}{query}")


async def test_an_admin_signs_in_once_and_the_audit_trail_says_who(linking, trail):
    assert await linking.begin("wiki", by=ADMIN) == "https://login.example.com/wiki"

    first = await come_back(linking, "?code=c&state=s&iss=https://login.example.com")
    second = await come_back(linking, "?code=c&state=s")

    assert (first.status_code, second.status_code) == (200, 400)
    assert "wiki is linked" in first.text
    assert "Type /opstream connect wiki" in second.text
    assert first.headers["Cache-Control"] == "no-store"
    [entry] = trail.entries
    assert (entry.by.id, entry.subject) == (ADMIN.id, "wiki")


async def test_nobody_but_an_admin_may_begin(linking, trail):
    with pytest.raises(NotAllowed, match="admin"):
        await linking.begin("wiki", by=OPERATOR)

    assert [one.by.id for one in trail.entries] == [OPERATOR.id]


async def test_what_an_address_says_is_never_part_of_the_page_as_markup(linking):
    page = await come_back(linking, "?state=<script>", name="<script>alert(1)</script>")

    assert page.status_code in (400, 404)
    assert "<script>" not in page.text
