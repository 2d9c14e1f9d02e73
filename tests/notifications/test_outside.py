"""Channels beyond Slack, each against a real receiver on this machine."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from opstream.adapters.outside import AppriseOutside
from opstream.domain.notification import Notice, NoticeKind
from opstream.notifications import wording

# Apprise imports a module that later versions of Python do not have any more.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'imghdr':DeprecationWarning",
    "ignore:Unverified HTTPS request",  # of a receiver whose certificate is its own
)
TITLE, TEXT = "OpStream: Deploy", "“Deploy” has failed: größer als <erwartet>."


@dataclass
class Receiver:
    """An HTTP server that notes what comes, and answers as it is told."""

    port: int = 0
    status: int = 200
    bodies: list[dict] = field(default_factory=list)


@asynccontextmanager
async def receiving(context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    noted = Receiver()

    async def take(request: web.Request) -> web.Response:
        noted.bodies.append(json.loads(await request.text()))
        return web.Response(status=noted.status)

    app = web.Application()
    app.router.add_post("/{tail:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    noted.port = runner.addresses[0][1]
    yield noted
    await runner.cleanup()


@pytest.fixture
async def receiver():
    async with receiving() as noted:
        yield noted


@pytest.fixture
async def secure(tmp_path):
    """The same over TLS, with a certificate of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, begins, begins.replace(2090))
    file = tmp_path / "own.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.sign(key, SHA256()).public_bytes(Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    async with receiving(context) as noted:
        yield noted


async def send(address, **secrets):
    return await AppriseOutside({"oncall": address}, secrets.get).carry("oncall", TITLE, TEXT)


async def test_a_json_webhook_gets_the_title_and_the_text(receiver):
    assert (await send(f"json://127.0.0.1:{receiver.port}/hook")).done

    (body,) = receiver.bodies
    assert (body["title"], body["message"]) == (TITLE, TEXT)


async def test_an_address_may_be_a_secret_by_name(receiver):
    sent = await send("secret:HOOK", HOOK=f"json://127.0.0.1:{receiver.port}/hook")

    assert sent.done
    assert len(receiver.bodies) == 1
    missing = await send("secret:HOOK")
    assert (missing.done, missing.again_in) == (False, None)


async def test_a_receiver_that_refuses_is_tried_again_later(receiver):
    receiver.status = 500

    refused = await send(f"json://127.0.0.1:{receiver.port}/hook")

    assert not refused.done
    assert refused.again_in


async def test_an_address_that_nobody_understands_is_not_tried_again():
    wrong = await send("nonsense")

    assert (wrong.done, wrong.again_in) == (False, None)
    assert "Apprise" in wrong.why


async def test_a_discord_webhook_gets_the_text(receiver, monkeypatch):
    from apprise.plugins.discord import NotifyDiscord

    here = f"http://127.0.0.1:{receiver.port}/api/webhooks"
    monkeypatch.setattr(NotifyDiscord, "notify_url", here)

    assert (await send("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js")).done

    assert TEXT in json.dumps(receiver.bodies, ensure_ascii=False)


async def test_a_teams_webhook_gets_an_adaptive_card_over_tls(secure):
    address = f"workflows://127.0.0.1:{secure.port}/643fef2f/NDC4a1b2c3?verify=no"

    assert (await send(address)).done

    (body,) = secure.bodies
    assert body["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert "größer als" in json.dumps(body, ensure_ascii=False)


@asynccontextmanager
async def mail_server() -> AsyncIterator[tuple[int, list[str]]]:
    """An SMTP server that takes one mail after another."""
    mails: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        await say("220 here")
        while line := (await reader.readline()).decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                await say("354 go on")
                mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            await say("221 bye" if word == "QUIT" else "250 ok")
            if word == "QUIT":
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], mails


async def test_mail_arrives_by_smtp():
    async with mail_server() as (port, mails):
        address = f"mailto://127.0.0.1:{port}?from=ops@example.com&to=oncall@example.com"
        sent = await send(address)

    assert sent.done
    (mail,) = mails
    assert "To: oncall@example.com" in mail
    assert "Subject: OpStream: Deploy" in mail


def test_beyond_the_chat_a_run_is_named_by_its_address_where_it_has_one():
    told = Notice("r1/ended/0", NoticeKind.COMPLETED, "It is done.", run="r1")

    assert wording.outside([told])[1] == "It is done. (run r1)"
    assert wording.outside([told], "https://ops.example.com/")[1] == (
        "It is done. (https://ops.example.com/runs/r1)"
    )
