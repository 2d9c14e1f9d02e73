"""Workflows made up at random, as reading one could give them."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from opstream.definitions import rescues
from opstream.definitions.fields import spoken
from opstream.domain import trigger as t
from opstream.domain.person import Role
from opstream.domain.workflow import (
    Agent,
    ApprovalRule,
    AskPerson,
    Call,
    ForEach,
    Input,
    InputKind,
    Limits,
    Notify,
    OnError,
    Overlap,
    Prompt,
    RequestApproval,
    RetryPolicy,
    RunWorkflow,
    Step,
    Wait,
    Workflow,
)

TRICKY = (
    "no",
    "12:30",
    "1e5",
    "09",
    "0x1f",
    "~",
    "null",
    "- a",
    "a: b",
    "#x",
    "'",
    '"',
    "{{ run.id }}",
)
texts = st.sampled_from(TRICKY) | st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp"), include_characters="\n"
    ),
    min_size=1,
    max_size=30,
)
stripped = texts.map(str.strip).filter(bool)
words = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
numbers = st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
arguments = st.dictionaries(words, values, max_size=3) | st.just("{{ inputs.all }}")
durations = st.integers(1, 31_000_000_000).map(lambda ms: timedelta(milliseconds=ms))
conditions = st.none() | stripped
kinds = st.lists(st.sampled_from(("timeout", "refused")), unique=True, max_size=2).map(tuple)

calls = st.builds(Call, words, arguments, conditions, st.booleans())
rules = st.builds(
    ApprovalRule,
    st.sampled_from(Role),
    st.booleans(),
    st.none() | durations,
    st.sampled_from(("low", "medium", "critical", "{{ inputs.risk }}")),
)
waits = st.one_of(
    st.builds(Wait, duration=stripped),
    st.builds(Wait, until=stripped),
    st.builds(Wait, topic=stripped, where=conditions),
    st.builds(Wait, reply=st.just(True), where=conditions),
)
retries = st.builds(
    RetryPolicy,
    st.integers(1, 100),
    durations,
    st.sampled_from((1, 2.0, 2.5)),
    durations,
    st.sampled_from((0, 0.2, 1)),
    kinds,
) | st.builds(RetryPolicy, st.integers(1, 9))


@st.composite
def fields(draw, most=3):
    names = draw(st.lists(words, unique=True, min_size=1, max_size=most))
    return tuple(draw(_field(name)) for name in names)


@st.composite
def _field(draw, name):
    kind = draw(st.sampled_from(InputKind))
    choices = draw(st.lists(texts, min_size=1, max_size=3, unique=True)) if kind == "choice" else []
    default = draw(st.none() | values.filter(lambda value: value is not None))
    title, description = draw(st.just(spoken(name)) | texts), draw(st.just("") | texts)
    return Input(name, kind, title, description, draw(st.booleans()), default, tuple(choices))


def works(depth):
    plain = st.one_of(
        calls,
        st.builds(Prompt, texts, st.just("") | texts, st.just("") | words, st.none() | schemas),
        st.builds(
            Agent,
            texts,
            st.just("") | texts,
            st.just("") | words,
            st.lists(words, max_size=2).map(tuple),
            st.integers(1, 100),
            st.integers(1_000, 10_000_000),
            st.none() | schemas,
        ),
        st.builds(RunWorkflow, words, arguments),
        st.builds(RequestApproval, texts, st.just("") | stripped, st.none() | words, rules),
        waits,
        st.builds(AskPerson, texts, fields(), st.none() | durations),
        st.builds(Notify, texts, values),
    )
    return plain if depth == 0 else plain | loops(depth - 1)


schemas = st.dictionaries(words, values, max_size=2)


def loops(depth):
    return st.builds(
        ForEach, values.filter(lambda value: value is not None), steps(depth), st.integers(1, 100)
    )


@st.composite
def steps(draw, depth=1, most=4):
    """The steps of a scope, with those that answer a failure where reading puts them."""
    found: list[Step] = []
    before: str | None = None
    for _ in range(draw(st.integers(1, most))):
        found += draw(_step(before, depth, taken={step.id for step in found}))
        before = next(step.id for step in reversed(found) if step.rescues is None)
    return rescues.joined(found)


@st.composite
def _step(draw, before, depth, taken, rescued=True):
    name = draw(words.filter(lambda word: word not in taken))
    work = draw(works(depth))
    is_tried = isinstance(work, Call | Prompt)
    is_letter = isinstance(work, Wait) and (work.topic is not None or work.reply)
    count = draw(st.integers(0, 2)) if rescued else 0
    needs = (before,) if before else ()
    step = Step(
        name,
        draw(st.just(spoken(name)) | texts),
        work,
        draw(st.just(needs) | st.lists(words, unique=True, max_size=2).map(tuple)),
        draw(conditions),
        draw(retries) if is_tried else RetryPolicy(),
        draw(st.none() | durations) if is_tried or is_letter else None,
        OnError.GO_ON if count else draw(st.sampled_from(OnError)),
        undo=draw(st.none() | calls) if isinstance(work, Call) else None,
    )
    return [step, *draw(_answers(name, count, depth, {*taken, name}))]


@st.composite
def _answers(draw, failing, count, depth, taken):
    found: list[Step] = []
    before = failing
    for _ in range(count):
        [step] = draw(_step(before, depth, {*taken, *(one.id for one in found)}, rescued=False))
        needs = tuple(dict.fromkeys((before, *step.needs)))
        found.append(
            Step(
                step.id, step.title, step.work, needs, step.when, step.retry, step.timeout,
                step.on_error, failing, step.undo,
            )
        )  # fmt: skip
        before = step.id
    return found


dates = st.integers(0, 10**6).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
triggers = st.one_of(
    st.builds(
        t.Schedule,
        st.sampled_from(("0 9 * * mon-fri", "*/5 * * * *")),
        st.none(),
        st.sampled_from(("UTC", "Europe/Berlin")),
        st.sampled_from(t.Missed),
        arguments,
    ),
    st.builds(t.Schedule, st.none(), dates, st.just("Asia/Tokyo"), inputs=arguments),
    st.builds(t.Webhook, words, words.map(str.upper), arguments),
    st.builds(t.Reaction, words, st.none() | words.map("#{}".format), arguments),
    st.builds(t.ChannelMessage, words.map("#{}".format), st.just("") | texts, arguments),
    st.builds(t.Shortcut, stripped, arguments),
    st.builds(
        t.AfterRun, words, st.sampled_from((("succeeded",), ("failed", "denied"))), arguments
    ),
    st.builds(t.OnSignal, words, arguments),
)
limits = st.builds(
    Limits, st.integers(1, 1000), st.sampled_from(Overlap), st.integers(-10, 10)
) | st.builds(Limits, priority=st.integers(-10, 10))
workflows = st.builds(
    Workflow,
    words,
    texts,
    steps(depth=2),
    description=st.just("") | stripped,
    inputs=st.just(()) | fields(),
    result=values,
    phrases=st.lists(texts, max_size=2).map(tuple),
    notices=st.frozensets(st.sampled_from(("start", "errors"))),
    triggers=st.lists(triggers, max_size=3).map(tuple),
    limits=limits,
)
