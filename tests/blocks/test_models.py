"""Models on cards: how they stand, who is asked first, what they took, and who answered a step."""

from dataclasses import replace

from inline_snapshot import snapshot

from blocks import agents, closeups, explaining, journal, lists, models, results, stats
from opstream.domain import history as h
from opstream.domain.operation import Progress
from opstream.domain.outcome import Outcome
from opstream.domain.spending import (
    Allowance,
    Allowances,
    Answered,
    Models,
    ModelStanding,
    ModelsToday,
    Preference,
    Spending,
    Spent,
)
from opstream.domain.workflow import Agent, Prompt, Step, Workflow
from tests.blocks import oracle
from tests.blocks.drawing import drawn
from tests.blocks.stories import ANA, at, view
from tests.blocks.test_agents import ANSWERED, LOOK
from tests.blocks.test_home import FIGURES, TITLES

GEMINI = ModelStanding("gemini", "gemini-3.8-flash", "Gemini", "GEMINI_API_KEY", True, answers=12)
CLAUDE = ModelStanding("claude", "claude-sonnet-5-5", "Anthropic", "ANTHROPIC_API_KEY", True)
HAIKU = ModelStanding("claude-small", "claude-haiku-5-5", "Anthropic", "ANTHROPIC_API_KEY", True)
SOL = ModelStanding("openai", "gpt-6.1-sol", "OpenAI", "OPENAI_API_KEY", False)
BUSY = replace(CLAUDE, trouble="gets too many requests and asks to wait 20 s", rests_until=at(20))
LONG = Preference(("claude",), words_over=500)
SUMMARIES = Preference(("openai",), ("summary",), costs_over=0.5)
LIMITS = Allowances(Allowance(dollars=1), Allowance(90_000, 5), Allowance(dollars=10), Allowance(dollars=25))  # fmt: skip
HOUSE = Models((GEMINI, BUSY, HAIKU, SOL), ("gemini", "claude", "openai"), (LONG, SUMMARIES), LIMITS)  # fmt: skip
TODAY = ModelsToday(at(0), HOUSE, Spent(12, 30_000, 4_000, 0.12), Spent(2, 400, 20, 0.00002))
ASK = Workflow("sum", "Sum it up", (Step("ask", "Sum up", Prompt("Sum up.")),), version=1)
WHY = "`claude-sonnet-5-5` answered, because the prompt has 612 words, more than 500."
BEGUN = h.RunStarted(at(0), "sum", 1, {}, ANA, None)
SAID = h.StepSucceeded(
    at(4), "ask", "All *went* well.", at(0), None, 1, Answered("claude-sonnet-5-5", 1_204, 0.0121, WHY)
)  # fmt: skip
ENDED = (BEGUN, SAID, h.RunFinished(at(5), Outcome.SUCCEEDED, result=SAID.output))


def test_models_stand_beside_the_tools_with_their_health_order_and_budgets():
    message = lists.tools([], TODAY)

    oracle.accepts(message)
    assert drawn(message) == snapshot("""\
(Tools and models, and how they are doing)
[section] *Tools*
    No tool is configured. Name MCP servers in `config/mcp.yaml`.
[section] *Models*
    ✅ Ready · *gemini* · `gemini-3.8-flash` · answered 12 times since I was started
    ⏸️ Rests until <!date^1795176020^{time_secs}|12:00:20 UTC> · *claude* · `claude-sonnet-5-5`: it gets too many requests and asks to wait 20 s
    ✅ Ready · *claude-small* · `claude-haiku-5-5` · only where a step names it
    ⚪ *OpenAI* needs a key: put `OPENAI_API_KEY` in the environment or in `.env`, and start me again. Then I can ask `gpt-6.1-sol`.
[section] *Who is asked* · `gemini`, and `claude` where that cannot answer.
    • `claude` first where a prompt has more than 500 words.
    • `openai` first for summaries and where a prompt would cost more than $0.50 elsewhere, once there is a key.
[context] Spent since midnight UTC: $0.12 of $25.00 (34,000 tokens) for everybody, under $0.0001 of $10.00 (420 tokens) for you. || At most, one prompt may take $1.00 and one run may take $5.00 and 90,000 tokens; see `budgets` in `config/models.yaml`.\
""")


def test_without_any_key_it_is_said_what_works_and_which_keys_do():
    keyless = [replace(one, has_key=False) for one in (GEMINI, CLAUDE, HAIKU, SOL)]

    message = lists.tools(
        [], ModelsToday(at(0), replace(HOUSE, standings=keyless), Spent(), Spent())
    )

    assert drawn(message) == snapshot("""\
(Tools and models, and how they are doing)
[section] *Tools*
    No tool is configured. Name MCP servers in `config/mcp.yaml`.
[section] *Models*
    ⚪ No model has a key yet, so I only do what needs none: summaries made of the text's own sentences, figures and their trends. One of these keys is enough: `GEMINI_API_KEY` (Gemini), `ANTHROPIC_API_KEY` (Anthropic) and `OPENAI_API_KEY` (OpenAI). Put it in the environment or in `.env`, and start me again.\
""")


def test_a_model_that_failed_and_has_rested_can_be_asked_again():
    rested = replace(TODAY, now=at(21))

    assert (
        "⚠️ Failed last time, can be asked again · *claude* · `claude-sonnet-5-5`: it gets"
        in drawn(lists.tools([], rested))
    )


def test_statistics_tell_what_models_took_by_model_and_which_calls_were_saved():
    by_model = {
        "claude-sonnet-5-5": Spent(2, 9_000, 800, 0.061),
        "gemini-3.8-flash": Spent(40, 51_000, 6_000, 0.3),
        "our-own-70b": Spent(1, 100, 10),
    }
    saved = {"github.list_issues": 8, "notion.query": 30}

    message = stats.report(FIGURES, TITLES, None, Spending(by_model, saved))

    oracle.accepts(message)
    assert drawn(kept(message)) == snapshot("""\
(How it runs: 83 runs ended)
[section] *Models* · 43 answers of models · 66,910 tokens · $0.36
    • `gemini-3.8-flash`: 40 answers · 51,000 tokens asked, 6,000 answered · $0.30
    • `claude-sonnet-5-5`: 2 answers · 9,000 tokens asked, 800 answered · $0.0610
    • `our-own-70b`: 1 answer · 100 tokens asked, 10 answered · price not known
[context] Tokens are what the providers count, for all people; prices are those of `config/models.yaml`, else of a kept table. A model without a known price counts as $0.
[section] *Calls saved* · 38: `notion.query` (30) and `github.list_issues` (8)
[context] A call counts as saved when the answer to the same question was still fresh, so that the tool was not asked; by whole days, UTC.\
""")


def test_a_sum_too_small_to_see_is_not_called_nothing():
    shown = str(models.costs(Spending({"gemini-3.8-flash": Spent(1, 50, 5, 0.00001)})))

    assert "1 answer of models · 55 tokens · under $0.0001" in shown
    assert models.costs(Spending()) == []


def test_many_operations_whose_calls_were_saved_are_counted_together():
    [section, _] = models.costs(Spending({}, {f"t.read{n}": n + 1 for n in range(9)}))

    assert section["text"]["text"].startswith("*Calls saved* · 45: `t.read8` (9), ")
    assert section["text"]["text"].endswith(" and 3 other operations")


def test_a_prompt_step_tells_which_model_answered_and_why():
    message = closeups.details(
        replace(view(*ENDED, workflow=ASK), spent=Spent(1, 1_100, 104, 0.0121))
    )

    oracle.accepts(message)
    assert drawn(message) == snapshot("""\
(Sum up)
[section] ✅ *Done* · *Sum it up* · `r4f7k2q9dx`
    1 of 1 step · took 5 s · 1 answer of models · 1,204 tokens · $0.0121
[section] *Sum up*
[markdown]
[context] claude-sonnet-5-5 · 1,204 tokens · $0.0121 · because the prompt has 612 words, more than 500.\
""")
    assert journal.sentence(SAID).endswith(
        "gave 16 characters. By claude-sonnet-5-5 · 1,204 tokens · $0.0121 · because the prompt "
        "has 612 words, more than 500."
    )


def test_what_a_model_without_a_known_price_took_is_not_called_free():
    assert (
        models.answered(Answered("our-own-70b", 40)) == "our-own-70b · 40 tokens · price not known"
    )
    assert models.answered(Answered("offline", 0, 0.0, "No key.")) == "offline · No key."


def test_the_end_of_a_run_and_its_status_tell_what_models_took():
    ended = view(*ENDED, workflow=ASK)
    paid = replace(ended, spent=Spent(3, 4_000, 120, 0.0021))
    line = "3 answers of models · 4,120 tokens · $0.0021"

    assert line in drawn(results.result(paid))
    assert line in drawn(closeups.status(paid))
    assert "of models" not in drawn(results.result(ended))
    assert "of models" not in drawn(closeups.status(replace(ended, spent=Spent())))


def test_an_agent_step_tells_each_reason_for_another_model_once():
    facts = [
        replace(fact, output={**fact.output, "why": WHY})
        if isinstance(fact, h.StepSucceeded) and fact.step.endswith(".think")
        else fact
        for fact in ANSWERED
    ]
    seen = view(*facts, workflow=LOOK)

    assert isinstance(LOOK.steps[0].work, Agent)
    assert agents.whys(seen.run, "look") == [WHY]
    assert drawn(closeups.details(seen)).count("more than 500") == 1


def test_the_plan_shows_the_last_words_of_what_a_model_says():
    begun = view(BEGUN, workflow=ASK, under_way=frozenset({"ask"}))

    [short] = explaining.explain(begun, ASK.steps[0], Progress(0, said="It all\nbegan"))
    [long] = explaining.explain(begun, ASK.steps[0], Progress(0, said="so many words " * 200))

    assert short == "It all began"
    assert long.startswith("…")
    assert long.endswith("so many words")
    assert len(long) <= 101


def kept(message):
    """Return a message without what other tests show: the figures of runs."""
    blocks = message.blocks
    first = next(n for n, one in enumerate(blocks) if "*Models*" in str(one))
    return replace(message, blocks=blocks[first:])
