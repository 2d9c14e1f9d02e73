"""What starts workflows besides people and times: the chat, signals, webhooks."""

import json
from urllib.parse import urlencode

import pytest

from opstream.domain.conversation import Place
from opstream.errors import BadInput, NotAllowed, NotFound, TooLate
from opstream.runs import signatures
from opstream.runs.hooks import Hooks
from opstream.runs.triggers import Message
from tests.runs.conftest import ANA, BOT, DAN

HELLO = "steps:\n  - {id: a, notify: Hello.}\n"
IN_CHAT = """
id: demo
title: Demo
inputs:
  what: {type: text}
  by: {type: person}
triggers:
  - {reaction: eyes, channel: "#ops", inputs: {what: "{{ text }}", by: "{{ by }}"}}
  - {message: {channel: "#ops", contains: Help}, inputs: {what: "{{ link }}", by: "{{ by }}"}}
  - {shortcut: Look into it, inputs: {what: "{{ text }}", by: "{{ by }}"}}
"""
MESSAGE = Message("C1", "1.5", "Please HELP me", None, "ops", "https://chat.example/1.5")
HOOK = """
id: demo
title: Demo
inputs:
  order: {type: number}
  agent: {type: text, required: false}
triggers:
  - webhook: shop
    secret: SHOP
    inputs: {order: "{{ body.order }}", agent: "{{ headers['user-agent'] | default('') }}"}
"""


async def opened(house, *texts: str):
    house.environment["OPSTREAM_SECRET_SHOP"] = "sesame"
    for number, text in enumerate(texts):
        house.write(text, f"{number}.yaml")
    await house.open()
    return house.install.services.triggers


def hooks(house) -> Hooks:
    return house.install.services.hooks


def signed(house, body: bytes, **headers: str) -> dict[str, str]:
    stamp = str(int(house.clock.now().timestamp()))
    signature = signatures.signed("sesame", stamp.encode() + b"." + body)
    return {"X-OpStream-Timestamp": stamp, "X-OpStream-Signature": signature, **headers}


async def test_an_edge_learns_what_in_the_chat_is_listened_to(house):
    triggers = await opened(house, IN_CHAT + HELLO)

    found = triggers.triggers_of_chat()

    assert (found.emojis, found.messages, found.shortcuts) == (
        frozenset({"eyes"}),
        True,
        ("Look into it",),
    )


async def test_a_reaction_starts_a_run_of_the_person_who_reacted_in_the_thread(house):
    triggers = await opened(house, IN_CHAT + HELLO)

    first = await triggers.reacted(":eyes:", MESSAGE, by=ANA, key="e1")
    again = await triggers.reacted("eyes", MESSAGE, by=ANA, key="e1")

    (run,) = first.runs
    assert (run.by, run.place) == (ANA.who, Place("C1", "1.5"))
    assert run.inputs == {"what": "Please HELP me", "by": ANA.id}
    assert [one.id for one in again.runs] == [run.id]
    assert run.trigger == "the reaction :eyes:"


async def test_a_message_with_the_words_in_any_case_starts_a_run(house):
    triggers = await opened(house, IN_CHAT + HELLO)

    started = await triggers.said(MESSAGE, by=ANA, key="e1")
    by_title = await triggers.shortcut("Look into it", MESSAGE, by=ANA, key="e2")

    assert [run.inputs["what"] for run in started.runs] == ["https://chat.example/1.5"]
    assert len(by_title.runs) == 1


async def test_other_emojis_channels_words_and_bots_start_nothing(house):
    triggers = await opened(house, IN_CHAT + HELLO)
    elsewhere = Message("C2", "1.5", "Please help me", name="sales")
    by_bot = Message("C1", "1.5", "help", name="ops", by_bot=True)

    started = [
        await triggers.reacted("tada", MESSAGE, by=ANA, key="1"),
        await triggers.reacted("eyes", elsewhere, by=ANA, key="2"),
        await triggers.reacted("eyes", MESSAGE, by=BOT, key="3"),
        await triggers.said(elsewhere, by=ANA, key="4"),
        await triggers.said(by_bot, by=ANA, key="5"),
        await triggers.said(Message("C1", "2", "All is well.", name="ops"), by=ANA, key="6"),
        await triggers.shortcut("Something else", MESSAGE, by=ANA, key="7"),
    ]

    assert [(one.runs, one.refused) for one in started] == [((), ())] * 7


async def test_one_workflow_that_cannot_start_does_not_keep_another_from_it(house):
    needy = 'id: needy\ntitle: Needy\ninputs:\n  x: text\ntriggers:\n  - {reaction: eyes, inputs: {x: "{{ thread.missing }}"}}\n'
    other = "id: other\ntitle: Other\ntriggers:\n  - reaction: eyes\n"
    triggers = await opened(house, needy + HELLO, other + HELLO)

    started = await triggers.reacted("eyes", MESSAGE, by=ANA, key="1")
    refused = await triggers.reacted("eyes", MESSAGE, by=DAN, key="2")

    assert [run.workflow_id for run in started.runs] == ["other"]
    assert len(started.refused) == 1
    assert [type(one) for one in refused.refused][-1] is NotAllowed
    assert refused.runs == ()


async def test_a_signal_starts_what_waits_for_it_once(house):
    text = (
        "id: demo\ntitle: Demo\ninputs:\n  service: text\n"
        'triggers:\n  - {signal: latency, inputs: {service: "{{ signal.service }}"}}\n'
    )
    triggers = await opened(house, text + HELLO)

    first = await triggers.signal("latency", {"service": "checkout"}, key="b1")
    again = await triggers.signal("latency", {"service": "checkout"}, key="b1")
    other = await triggers.signal("errors", {"service": "checkout"}, key="b2")

    assert [run.inputs for run in first.runs] == [{"service": "checkout"}]
    assert first.runs[0].by.name == "Signal latency"
    assert [run.id for run in again.runs] == [run.id for run in first.runs]
    assert other.runs == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"order": 7}', "application/json"),
        (urlencode({"order": 7}).encode(), "application/x-www-form-urlencoded; charset=utf-8"),
        (
            urlencode({"payload": json.dumps({"order": 7})}).encode(),
            "application/x-www-form-urlencoded",
        ),
    ],
)
async def test_a_signed_delivery_starts_one_run_however_often_it_comes(house, body, kind):
    await opened(house, HOOK + HELLO)
    headers = signed(house, body, **{"Content-Type": kind, "User-Agent": "shop/2"})

    first = await hooks(house).webhook("shop", body, headers)
    again = await hooks(house).webhook("shop", body, {**headers, "X-Delivery": "made up"})

    assert first.inputs == {"order": 7, "agent": "shop/2"}
    assert (first.by.name, again.id) == ("Webhook shop", first.id)


async def test_the_same_body_signed_later_is_another_delivery(house):
    await opened(house, HOOK + HELLO)
    body = b'{"order": 7}'

    first = await hooks(house).webhook("shop", body, signed(house, body))
    house.clock.pass_(seconds=1)
    later = await hooks(house).webhook("shop", body, signed(house, body))

    assert first.id != later.id


@pytest.mark.parametrize(
    ("name", "body", "error", "words"),
    [
        ("shopp", b"{}", NotFound, "no webhook `shopp`"),
        ("shop", b"{", BadInput, "no JSON"),
        ("shop", b'{"order": 1e999}', BadInput, "no JSON"),
        ("shop", b"\xff", BadInput, "no UTF-8"),
        ("shop", b"[1]", BadInput, "lacks something"),
        ("shop", b'{"order": "many"}', BadInput, "no number"),
        ("shop", b"x" * 1_000_001, BadInput, "larger than"),
    ],
)
async def test_a_delivery_that_cannot_be_used_is_told_so_and_nothing_else(
    house, name, body, error, words
):
    await opened(house, HOOK + HELLO)

    with pytest.raises(error, match=words) as refused:
        await hooks(house).webhook(name, body, signed(house, body))

    assert "demo" not in str(refused.value)
    assert "sesame" not in str(refused.value)


async def test_a_delivery_without_the_right_signature_reads_nothing_and_starts_nothing(house):
    await opened(house, HOOK + HELLO)

    with pytest.raises(NotAllowed, match="signature"):
        await hooks(house).webhook("shop", b"{", {})

    assert (await house.runs.ended()).total + (await house.runs.active()).total == 0


async def test_a_busy_workflow_tells_a_sender_nothing_about_its_runs(house):
    busy = HOOK + "limits: {at_once: 1, overlap: skip}\nsteps:\n  - wait: 1d\n"
    await opened(house, busy)
    body = b'{"order": 1}'
    run = await hooks(house).webhook("shop", body, signed(house, body))

    with pytest.raises(TooLate, match="The workflow is busy") as refused:
        await hooks(house).webhook("shop", b'{"order": 2}', signed(house, b'{"order": 2}'))

    assert run.id not in str(refused.value)
