"""What the language can say, played on the real bot: loops, children, replies, undo, hooks, plans, versions."""

import hashlib
import hmac
import json
import socket
import time

import pytest
from aiohttp import ClientSession

from tests.contracts.waiting import until
from tests.flows import bringing
from tests.flows.person import Person, everything
from tests.flows.test_profiling import filled
from tests.flows.test_steering import run_of, until_noted

GREETING = """\
id: greeting
title: Greeting
inputs: {name: text}
steps:
  - notify: HELLO {{ inputs.name }}
result: "greeted {{ inputs.name }}"
"""
JOURNEY = """\
id: journey
title: Journey
inputs: {town: {type: text, default: Rome}}
triggers:
  - webhook: travelled
    secret: TRAVEL
    inputs: {town: "{{ body.town }}"}
steps:
  - id: each
    for_each:
      items: [1, 2, 3]
      at_once: 2
      steps: [{id: more, call: workshop.add, with: {a: "{{ item }}", b: 10}}]
  - {id: sums, notify: "SUMS {{ steps.each.output | map('sum') | join(' ') }}"}
  - {id: child, run: {workflow: greeting, inputs: {name: "{{ inputs.town }}"}}}
  - {id: asked, ask: {question: "Who comes along?", fields: {who: text}}}
  - {id: said, notify: "CHILD {{ steps.child.output }} WITH {{ steps.asked.output.who }}"}
  - {id: heard, wait: reply}
  - {id: paid, wait: {topic: "paid:{{ inputs.town }}"}}
  - id: booked
    call: workshop.add
    with: {a: 1, b: 1}
    undo: {call: workshop.tidy, unattended: true}
  - id: failing
    call: workshop.lie
    retry: 1
    on_error:
      steps: [{id: rescued, notify: "RESCUED after {{ steps.heard.output.text }} for {{ steps.paid.output.sum }}"}]
  - {id: hold, title: Hold on, call: workshop.wait, timeout: 60s}
"""


@pytest.fixture
async def port(street):
    """The port of a bot that knows all of this, and listens for webhooks."""
    program = bringing.WORKSHOP / "workshop.py"
    bringing.server(street, "workshop", program, "--notes", str(street.folder / "notes.jsonl"))
    bringing.workflow(street, "greeting.yaml", GREETING)
    bringing.workflow(street, "journey.yaml", JOURNEY)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    await street.start_bot(
        OPSTREAM_HTTP_PORT=str(port),
        OPSTREAM_SECRET_TRAVEL="wanderlust",
        OPSTREAM_SECRET_EVENTS="open sesame",
    )
    await street.ready()
    return port


@pytest.fixture
async def cleo(street):
    async with ClientSession() as session:
        person = await Person.join(session, street.playground.address, "U0CLEO0001")
        yield person
        await person.leave()


@pytest.mark.hurried
async def test_a_journey_loops_has_a_child_asks_hears_and_is_taken_back(street, port, ana):
    await ana.command("/opstream start journey town=Oslo")
    card = await ana.sees("*Journey*")
    thread = card["ts"]
    await ana.sees("SUMS 11 12 13", thread=thread)
    question = await ana.sees("Who comes along?", "question_answer", thread=thread)
    await ana.press(question, "question_answer")
    form = await ana.opens("form_answer")
    await ana.do("view_submit", view_id=form["id"], values=filled(form, "Bo"))
    await ana.sees("CHILD greeted Oslo WITH Bo", thread=thread)

    await ana.do("post", channel="C0OPS00001", thread_ts=thread, text="We leave at noon.")
    assert await paid(port, "Oslo", run_of(card))
    await ana.sees("RESCUED after We leave at noon. for 700", thread=thread)
    await until_noted(ana, street.folder / "notes.jsonl", "waiting", 1)
    await ana.command(f"/opstream cancel {run_of(card)} it rains")

    await ana.sees("Cancelled: Journey. it rains Undone: Booked.", thread=thread)
    await ana.command(f"/opstream logs {run_of(card)}")
    await ana.told("is through with item 3", "what it did is undone first")


async def paid(port: int, town: str, run_id: str) -> bool:
    """Send the event that a journey waits for; return whether it took it, however early it comes."""
    body = b'{"sum": 700}'
    async with ClientSession(f"http://127.0.0.1:{port}") as web:
        headers = signed(body, b"open sesame")
        address = f"/events/paid:{town}?run={run_id}"
        async with web.post(address, data=body, headers=headers) as answer:
            return await answer.json() == {"runs": [run_id]}


def signed(body: bytes, secret: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    mac = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-OpStream-Timestamp": stamp, "X-OpStream-Signature": f"sha256={mac}"}


@pytest.mark.hurried
async def test_a_signed_delivery_starts_a_run_once_and_a_plan_is_made_and_taken_out(port, ana):
    body = json.dumps({"town": "Lima"}).encode()
    right, wrong = signed(body, b"wanderlust"), signed(body, b"homesick")

    async with ClientSession(f"http://127.0.0.1:{port}") as web:
        answers = [
            (answer.status, (await answer.json()).get("run"))
            for headers in (wrong, right, right)
            for answer in [await web.post("/hooks/travelled", data=body, headers=headers)]
        ]
    await ana.command("/opstream schedule greeting every weekday at 9 name=Ana")
    await ana.told("*Greeting* starts every weekday at 9 in", "greeting@1")
    await ana.command("/opstream unschedule greeting@1")
    await ana.told("`greeting@1` is taken out")
    await ana.command("/opstream schedules")
    await ana.told("Nothing is planned")

    assert [status for status, _ in answers] == [401, 202, 202]
    assert answers[1] == answers[2]


@pytest.mark.hurried
async def test_a_workflow_is_changed_in_slack_and_an_ended_run_goes_on_with_either_version(
    port, ana, cleo
):
    await ana.command("/opstream start greeting name=Dan")
    card = await ana.sees("*Greeting*", "✅ *Done*")
    await cleo.command("/opstream workflows greeting edit")
    form = await cleo.opens("form_draft")
    values = filled(form, "", Workflow=GREETING.replace("HELLO", "GOOD MORNING"))
    await cleo.do("view_submit", view_id=form["id"], values=values)
    proposal = await cleo.told("-  - notify: HELLO", "+  - notify: GOOD MORNING")
    await cleo.press(proposal, "draft_publish")
    form = await cleo.opens("form_publish")
    await cleo.do("view_submit", view_id=form["id"], values=filled(form, "Kinder words."))
    await ana.sees("published version 2 of *Greeting*", "Kinder words.")

    await ana.command(f"/opstream retry {run_of(card)} from=start version=old")
    await until(lambda: sum("HELLO Dan" in everything(m) for m in ana.messages.values()) == 2)
    assert not ana.find("GOOD MORNING Dan")
    await ana.sees("*Greeting*", "✅ *Done*")
    await ana.command(f"/opstream retry {run_of(card)} from=start version=new")
    await ana.sees("GOOD MORNING Dan", thread=card["ts"])
