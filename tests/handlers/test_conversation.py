"""Talking to the bot in plain sentences, as people do: answers, help, decisions, thumbs, prompts, Stop."""

import re

import pytest
from inline_snapshot import snapshot

from handlers.events.attention import A_MOMENT_SECONDS, attentive
from handlers.events.stories import markdown
from handlers.payloads import Asker, Heard
from opstream.domain.audit import AuditFilter
from opstream.domain.conversation import Place
from opstream.domain.person import Person, Role
from tests.contracts.waiting import until
from tests.handlers.driving import BOT, DM_ANA, OPS, asked_to_greet, count, say
from tests.handlers.world import opened

CLEO = Person("U0CLEO0001", "Cleo", roles=frozenset({Role.ADMIN}))
RISKY = """
id: reboot
title: Reboot
steps:
  - id: ask
    title: Ask for a yes
    approval: {title: "Reboot it all?", risk: high}
"""


@pytest.fixture
def settings(settings, tmp_path):
    """An install that also has a risky workflow."""
    (tmp_path / "workflows" / "reboot.yaml").write_text(RISKY)
    return settings


async def _audited(bot, deed: str):
    page = await bot.install.services.governance.trail.page(AuditFilter(deed=deed), by=CLEO)
    return [one.entry for one in page.entries]


async def test_a_yes_in_the_thread_is_the_yes_of_the_button(ana, bo):
    await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")

    await say(ana, f"{BOT} yes, go ahead", thread=card["ts"])
    await ana.told("To decide on this approval")
    assert count(ana, "You said yes") == 0
    await say(bo, f"{BOT} yes, go ahead", thread=card["ts"])

    await ana.sees("You said yes to run", thread=card["ts"])
    await ana.sees("Approved by Bo Chen")


async def test_a_no_in_the_thread_gives_its_reason(ana, bo):
    await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")

    await say(bo, f"{BOT} deny it because it is late", thread=card["ts"])

    await ana.sees("Denied: Greet somebody", "it is late")


async def test_what_is_risky_takes_no_yes_in_passing(ana, bo):
    await ana.command("/opstream start reboot")
    await bo.sees("Reboot it all?", "approval_grant")
    card = await ana.sees("Asked by <@U0ANA00001>")

    await say(bo, f"{BOT} approve it", thread=card["ts"])

    await bo.told("The risk of this is high", "Press *Approve* on the question")
    assert count(ana, "Approved by") == 0


async def test_a_yes_where_nothing_is_asked_decides_nothing(ana, bo):
    root = await say(bo, "Shall we?")

    await say(bo, f"{BOT} go ahead", thread=root)

    await bo.sees("Nothing waits for your yes", thread=root)


async def test_what_nobody_understands_gets_three_things_to_try(ana):
    await say(ana, "could you cancel <!everyone> everything", channel=DM_ANA)

    answer = await ana.sees("I am not sure what you mean by")
    blocks = [{key: block[key] for key in block if key != "block_id"} for block in answer["blocks"]]
    assert blocks == snapshot(
        [
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": "🧭 No language model is set up, so I only look things up by their words. Whoever runs me sets `GEMINI_API_KEY`, `ANTHROPIC_API_KEY` or `OPENAI_API_KEY` to change that.",
                },
            },
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": """\
I am not sure what you mean by “could you cancel &lt;!everyone&gt; everything”, so I did nothing. It seems to be about ending a run. Try one of these:
• `what is running?`
• `cancel r4f7k2q9dx`
• `what waits for me?`\
""",
                },
            },
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "what is running?", "emoji": True},
                        "action_id": "home_verb:try0",
                        "value": '{"verb":"list"}',
                    },
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "what waits for me?", "emoji": True},
                        "action_id": "home_verb:try2",
                        "value": '{"verb":"approvals"}',
                    },
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "All I can do", "emoji": True},
                        "action_id": "home_verb:help",
                        "value": '{"verb":"help"}',
                    },
                ],
            },
            {
                "type": "context_actions",
                "elements": [
                    {
                        "type": "feedback_buttons",
                        "action_id": "answer_rated",
                        "positive_button": {
                            "text": {"type": "plain_text", "text": "This helped", "emoji": True},
                            "value": '{"text":"d7bca1b9c8773251","words":"good"}',
                            "accessibility_label": "This helped",
                        },
                        "negative_button": {
                            "text": {
                                "type": "plain_text",
                                "text": "This did not help",
                                "emoji": True,
                            },
                            "value": '{"text":"d7bca1b9c8773251","words":"bad"}',
                            "accessibility_label": "This did not help",
                        },
                    }
                ],
            },
        ]
    )


async def test_a_question_under_a_card_is_answered_without_a_mention_and_a_deed_is_not(ana, bo):
    await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")
    root = await say(bo, "What happened?")

    await say(bo, "cancel it", thread=card["ts"])
    await say(bo, "nice weather", thread=card["ts"])
    await say(bo, "what happened?", thread=root)
    await say(bo, "how long will it take?", thread=card["ts"])

    await ana.sees("1 of 4 steps", thread=card["ts"])
    assert count(ana, "Log of") == count(ana, "not sure what you mean") == 0
    assert count(ana, "Cancelled") == 0


async def test_a_workflow_is_started_by_name_in_a_sentence(ana, bo):
    await say(ana, f"{BOT} please start greet for World")

    await bo.sees("Greet World?", "approval_grant")


async def test_thumbs_below_an_answer_are_kept_and_thanked_for_privately(ana, bot):
    await say(ana, f"{BOT} what is running?")
    answer = await ana.sees("Nothing is running.", "feedback_buttons")
    thumbs = answer["blocks"][-1]["elements"][0]

    await ana.do(
        "press",
        channel=OPS,
        message_ts=answer["ts"],
        block_id=answer["blocks"][-1]["block_id"],
        action_id=thumbs["action_id"],
        value=thumbs["negative_button"]["value"],
    )

    await ana.told("noted: this answer did not help")
    [entry] = await _audited(bot, "answer.rated")
    assert (entry.by.id, entry.detail, entry.outcome) == ("U0ANA00001", "bad", "done")
    assert re.fullmatch(r"[0-9a-f]{16}", entry.subject)


async def test_what_was_done_has_no_thumbs(ana, bo):
    await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")

    await say(ana, f"{BOT} pause it", thread=card["ts"])

    done = await ana.sees("Paused this run", thread=card["ts"])
    assert "feedback_buttons" not in str(done)


async def test_the_messages_tab_offers_what_fits_the_person(ana, bo):
    await asked_to_greet(ana, bo)

    async def offered(person) -> list[str]:
        await person.do("open_messages_tab")
        found = await person.until(lambda: person.prompts, "prompts")
        return [one["message"] for one in found]

    assert await offered(bo) == [
        "What waits for me?",
        "What can I start?",
        "What is running?",
        "What failed lately?",
    ]
    assert await offered(ana) == [
        "status",
        "What can I start?",
        "What is running?",
        "What failed lately?",
    ]


async def test_a_long_log_is_streamed_whole(ana, bo, bot):
    await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")
    for _ in range(14):
        await say(ana, f"{BOT} pause it", thread=card["ts"])
        await ana.until(lambda: "*Paused*" in str(ana.messages[OPS, card["ts"]]), "paused")
        await say(ana, f"{BOT} go on", thread=card["ts"])
        await ana.until(lambda: "*Paused*" not in str(ana.messages[OPS, card["ts"]]), "goes on")

    await say(ana, f"{BOT} show me the whole log", thread=card["ts"])

    told = await ana.sees("All that happened in", "started `greet`", thread=card["ts"])
    run_id = re.search(r"All that happened in (\w+)", told["text"])[1]
    facts = await bot.install.services.runs.history(run_id)

    def whole() -> str:
        text = ana.messages[OPS, told["ts"]]["text"]
        return text if text.count("\n- ") == len(facts) else ""

    assert "<!date" not in await ana.until(whole, "the whole log")
    assert len(facts) > 25


async def test_stop_asks_whether_the_run_shall_end_too(ana, bo):
    await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")

    await ana.do("stop_session", channel=OPS, thread_ts=card["ts"])
    await ana.until(lambda: ana.session, "the session is at rest, although nothing was told")

    await ana.told("I stopped.", "goes on. Do you want to end that, too?", "run_cancel")
    assert count(ana, "Cancelled") == 0


async def test_it_is_called_by_name_anywhere_in_a_sentence(ana):
    root = await say(ana, f"hey {BOT}, what is running?")
    await ana.sees("Nothing is running.", thread=root)

    root = await say(ana, f"what can I start {BOT}?")
    await ana.sees("Greet somebody", "feedback_buttons", thread=root)


async def test_a_wait_for_an_answer_shows_in_the_thread_and_ends_with_it(tmp_path):
    async with opened(tmp_path) as world:
        root = (await world.client.chat_postMessage(channel=OPS, text="well?"))["ts"]
        heard = Heard(Asker("U0ANA00001"), "well?", Place(OPS), root)

        async with attentive(heard, world.client, world.time.sleep):
            await world.time.asleep()
        quick = world.client.count("assistant.threads.setStatus")
        async with attentive(heard, world.client, world.time.sleep):
            assert await world.time.asleep() == A_MOMENT_SECONDS
            world.time.pass_by(A_MOMENT_SECONDS)
            await until(lambda: world.client.count("assistant.threads.setStatus"))

    told = [more for name, more in world.client.calls if name == "assistant.threads.setStatus"]
    assert quick == 0
    assert [(one["thread_ts"], one["status"]) for one in told] == [
        (root, "is looking into it…"),
        (root, ""),
    ]


def test_a_streamed_line_calls_nobody_and_links_nowhere():
    line = "<!date^17^{time_secs}|08:00:17 UTC> <@U1> and <@U2> ended *it*: [x](http://a) `a[0]*b*`"

    assert markdown(line, {"U1": "Ana"}) == (
        r"08:00:17 UTC **Ana** and **U2** ended **it**: \[x\](http://a) `a[0]*b*`"
    )
