"""Without a model, a key or a network: names, rules, summaries, figures, and the measure of meaning."""

import subprocess
import sys

import pytest

from opstream.adapters.models import names, rules
from opstream.adapters.models.extracting import extract, sentences
from opstream.adapters.models.hashing import HashingEmbedder, vector
from opstream.adapters.models.offline import OfflineAnalyst
from opstream.adapters.models.tabulating import tables, trend
from opstream.domain.prompt import ModelTool, PromptRequest, Purpose
from opstream.errors import OperationFailed

DEPLOY = (
    "The deploy of api 2.4 began at 10:02. It was rolled out to 12 pods. Two pods failed their health checks "
    "at 10:07, e.g. pod 3. The team looked at logs. Somebody drank coffee. The cause was a missing secret in "
    "the api namespace. Ana added the secret at 10:20. Afterwards all 12 pods of the api were healthy. Bo "
    "wrote a note. The deploy ended at 10:31, and the api serves version 2.4 now."
)
CSV = "hour,latency_ms,errors\n" + "\n".join(f"{h},{20 + 3 * h},{h % 3}" for h in range(12))


@pytest.mark.parametrize(
    "name",
    [
        "github.list_issues",
        "aws-cw.get-metric",
        "ask_person",
        "a__b.c",
        "x" * 90 + ".y",
        "ä.ö?",
        "9.a",
    ],
)
def test_every_name_fits_a_provider_and_comes_back(name):
    theirs = names.wire(name)

    assert len(theirs) <= names.LONGEST
    assert theirs.replace("_", "").replace("-", "").isalnum()
    assert theirs.isascii()
    assert theirs[0].isalpha()
    assert names.ours(theirs, names.table([name, "other.one"])) == name


def test_names_that_look_alike_stay_apart():
    alike = ["a.b_c", "a_b.c", "a.b.c", "a__b.c", "a._b_c", "a b.c", "a.b c", "a_.b_c"]

    assert len(names.table(alike)) == len(alike)


def test_a_name_that_a_model_made_up_is_read_as_it_was_probably_meant():
    assert names.ours("notion__query", {}) == "notion.query"


def test_the_size_of_a_prompt_is_estimated_on_the_high_side():
    tool = ModelTool("t.read", "Read." * 50, {"type": "object"})

    small, large = (rules.size(PromptRequest("four words of text", tools=t)) for t in ((), (tool,)))

    assert small.words == large.words == 4
    assert 5 <= small.tokens < large.tokens


async def told(text, **more) -> str:
    return (await OfflineAnalyst().answer(PromptRequest(text, **more))).output


async def test_a_summary_is_chosen_word_for_word_and_says_so_first():
    said = await told(f"Summarize this:\n\n{DEPLOY}")

    first, _, rest = said.partition("\n")
    listed = [line.removeprefix("- ") for line in rest.splitlines() if line.startswith("- ")]
    assert first.startswith("No language model is set up: what follows was computed")
    assert len(listed) == 3
    assert [sentences(DEPLOY).index(one) for one in listed] == sorted(
        sentences(DEPLOY).index(one) for one in listed
    )
    assert "coffee" not in rest


async def test_figures_are_told_with_their_trends():
    said = await told(f"What are the trends?\n{CSV}")

    assert "`latency_ms`: 12 values, 20 to 53, mean 36.50, total 438; rising, from 20 to 53" in said
    assert "`errors`: 12 values, 0 to 2, mean 1, total 12; no clear trend" in said


async def test_an_answer_without_a_model_is_not_called_a_models():
    reply = await OfflineAnalyst().answer(PromptRequest(DEPLOY, purpose=Purpose("summary")))

    assert (reply.model, reply.tokens_in, reply.cost) == ("offline", 0, 0.0)
    assert "Set GEMINI_API_KEY" in reply.why


@pytest.mark.parametrize(
    "request_",
    [
        PromptRequest("Write a poem about rain."),
        PromptRequest(f"Translate this into German:\n\n{DEPLOY}"),
        PromptRequest("Summarize the weather."),
        PromptRequest(f"Summarize this:\n\n{DEPLOY}", schema={"type": "object"}),
        PromptRequest(f"Summarize this:\n\n{DEPLOY}", purpose=Purpose("agent")),
        PromptRequest(f"Summarize:\n\n{DEPLOY}", tools=(ModelTool("t.read", "", {}),)),
        PromptRequest("", purpose=Purpose("summary")),
    ],
)
async def test_what_takes_understanding_says_what_is_missing(request_):
    with pytest.raises(
        OperationFailed, match=r"takes a language model.*Set GEMINI_API_KEY"
    ) as raised:
        await OfflineAnalyst().answer(request_)

    assert raised.value.kind == "unavailable"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('Here: [{"a": 1, "b": {"c": 2}}, {"a": 2}, {"a": 5}] and more', {"a": [1, 2, 5]}),
        ('{"points": [3, 4, 5.5]}', {"points": [3, 4, 5.5]}),
        (
            "| svc | p99 |\n|---|---|\n| a | 12 ms |\n| b | 15 ms |\n| c | 99 ms |",
            {"p99": [12, 15, 99]},
        ),
        ("day;sum\nMon;1,5\nTue;2,5\nWed;12,000", {"sum": [1.5, 2.5, 12_000]}),
        ("one, two\nthree, four\nfive, six\nseven, eight", {}),
        ("at 10:02, then\nat 10:04, then\nat 10:06, then\nat 10:07, then", {}),
        ("{" * 5_000 + "[" * 5_000, {}),
    ],
)
def test_tables_are_found_where_there_are_figures(text, columns):
    found = {column.name: column.values for one in tables(text) for column in one.columns}

    assert found == columns


def test_a_trend_needs_more_than_chance():
    assert trend([1, 2, 3, 4, 5, 6]) == 1
    assert trend([9, 8, 8, 7, 5, 5, 2]) == -1
    assert trend([3, 1, 4, 1, 5, 9, 2, 6]) == 0
    assert trend([1, 2, 3]) is None


def test_what_was_said_twice_is_chosen_once():
    text = (
        "The disk of db1 is full. The disk of db1 is full. Ana was told. Bo sleeps. It rains today."
    )

    assert extract(text, 3).sentences.count("The disk of db1 is full.") == 1


def likeness(one: str, other: str) -> float:
    return sum(a * b for a, b in zip(vector(one), vector(other), strict=True))


GROUPS = [
    ("How do I restart the payment service?", "Restarting the payments service: drain it, roll it", "paymnet servise restart"),
    ("The nightly backup of the orders database failed", "Order DB backups failing every night", "nigthly bakup of order databse"),
    ("Who is on call this weekend?", "Weekend on-call rotation", "oncall weekned"),
    ("Rotate the TLS certificates before they expire", "Certificate rotation runbook", "certifcate rotaton"),
    ("Invoices above 1000 euros need two approvals", "Two-person approval for invoices", "invoises aproval"),
    ("Latency of checkout rose after the deploy", "Checkout latencies since last deployment", "chekout latncy deploy"),
    ("Move customer emails into Notion tasks", "Email to Notion: create tasks", "emial to notoin task"),
    ("Der Export der Rechnungen ist fehlgeschlagen", "Rechnungsexport fehlgeschlagen", "rechnugs export fehler"),
    ("Kafka consumer lag is growing", "Growing lag of Kafka consumers", "kafak consumer lagg"),
    ("Add a new user to the VPN", "VPN access for new users", "vnp acess new user"),
]  # fmt: skip


@pytest.mark.parametrize("column", [1, 2])
def test_other_forms_and_misspelt_words_are_found(column):
    found = [
        max(GROUPS, key=lambda group: likeness(group[0], asked[column])) is asked
        for asked in GROUPS
    ]

    assert sum(found) >= 9


def test_the_measure_knows_no_synonyms():
    """What it cannot do: two words for the same thing are as far apart as any two."""
    same = likeness("the car is broken", "our automobile needs repair")
    other = likeness("the car is broken", "our invoice needs payment")

    assert abs(same - other) < 0.15


async def test_vectors_have_length_1_also_those_of_nothing():
    found = await HashingEmbedder().embed(["", "   ", "ok", "word " * 5_000, "日本語のテキスト"])

    assert [len(one) for one in found] == [HashingEmbedder.length] * 5
    assert all(abs(sum(x * x for x in one) - 1) < 1e-9 for one in found)


def test_vectors_and_start_are_the_same_in_another_process_and_load_no_sdk():
    asking = (
        "import sys\n"
        "import opstream.bootstrap\n"
        "from opstream.adapters.models.hashing import vector\n"
        "heavy = ('pydantic_ai', 'genai_prices', 'google.genai', 'anthropic', 'openai', 'numpy')\n"
        "print([one for one in heavy if one in sys.modules])\n"
        "print(vector('the same everywhere')[:40])\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", asking], capture_output=True, text=True, check=True
    )

    assert said.stdout.splitlines() == ["[]", str(vector("the same everywhere")[:40])]
