"""Open approvals: what the store lists for somebody is what the rule lets them decide, and nothing else."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from opstream.adapters.store.open_approvals import SqlOpenApprovals
from opstream.domain import history as h
from opstream.domain.approval import ProposedCall, Verdict
from opstream.domain.audit import AuditEntry
from opstream.domain.conversation import Place
from opstream.domain.open_approval import Delegation
from opstream.domain.person import Person, Role, Sight, Who
from opstream.domain.workflow import ApprovalRule, Escalation
from opstream.errors import NotAllowed
from opstream.governance import deciding, sight
from opstream.governance.absence import Absences
from opstream.governance.guard import Guard
from opstream.governance.people import People, RoleBook
from opstream.governance.permissions import About, Rules
from opstream.ports import RunFilter
from opstream.runs.approvals import Approvals
from tests.contracts.stories import NOON, Story, later, started

SEED, RUNS = 20_261_121, 60
ANA, BO, CY, DAN, EVE = (
    Who(f"U{n}", name) for n, name in enumerate(("Ana", "Bo", "Cy", "Dan", "Eve"))
)
EVERYBODY = (ANA, BO, CY, DAN, EVE)
PLACES = (None, Place("C1"), Place("C2", "1.2"), Place("D1"))
WORKFLOWS = ("deploy", "pay_out", "pay_in")
OPERATIONS = ("", "estate.scale", "estate.rollback")
TO = (DAN.id, "@oncall", "S0DUTY", "#ops")
BOOK = RoleBook(
    people={
        BO.id: frozenset({Role.APPROVER}),
        CY.id: frozenset({Role.OPERATOR}),
        EVE.id: frozenset({Role.ADMIN}),
    },
    rules=Rules(
        workflows={
            "pay_*": {Role.APPROVER: frozenset({CY.id, "@oncall"})},
            "deploy": {Role.OPERATOR: frozenset({DAN.id})},
        },
        operations={"estate.roll*": Role.ADMIN},
    ),
)
GROUPS = {DAN.id: frozenset({"S0DUTY"}), ANA.id: frozenset({"@oncall"})}


class Noon:
    def now(self):
        return later(60)


def asking(luck: random.Random) -> h.ApprovalRequested:
    levels = tuple(
        Escalation(timedelta(minutes=n + 1), tuple(luck.sample(TO, luck.randint(1, 2))))
        for n in range(luck.randint(0, 2))
    )
    rule = ApprovalRule(
        luck.choice(list(Role)), luck.random() < 0.3, None, "low", luck.randint(1, 3), levels
    )
    operation = luck.choice(OPERATIONS)
    call = ProposedCall("fix", operation, {"size": luck.randint(1, 3)}) if operation else None
    return h.ApprovalRequested(later(luck.random()), "ask", 1, "Go?", "", rule, call, None)


def afterwards(luck: random.Random, asked: h.ApprovalRequested) -> Iterator[h.Fact]:
    """Yield what happens to a question; some are settled in the end."""
    for level, one in enumerate(asked.rule.escalation[: luck.randint(0, 2)], start=1):
        yield h.ApprovalEscalated(later(5), "ask", 1, level, one.to)
    if luck.random() < 0.3:
        yield h.RunHandedOver(later(6), EVE, ANA, luck.choice(EVERYBODY))
    counted: set[str] = set()
    for by in luck.sample(EVERYBODY, luck.randint(0, asked.rule.people - 1)):
        instead = luck.choice((None, None, *(one for one in EVERYBODY if one != by)))
        ids = {one.id for one in (by, instead) if one}
        if ids & counted:
            continue  # nobody's yes counts twice
        counted |= ids
        yield h.ApprovalSupported(later(7), "ask", 1, by, instead_of=instead)
    if luck.random() < 0.2:
        yield h.ApprovalDenied(later(8), "ask", 1, EVE, "No.")


@pytest.fixture
async def stories(database):
    """Runs that ask, each fact in a commit of its own, as people and time bring them."""
    luck, told = random.Random(SEED), []
    for number in range(RUNS):
        story = Story(database.runs, f"r{number:02}")
        begin = started(
            luck.choice(WORKFLOWS), by=luck.choice((ANA, BO)), place=luck.choice(PLACES)
        )
        asked = asking(luck)
        await story.tell(begin, asked)
        for fact in afterwards(luck, asked):
            await story.tell(fact)
        told.append(story)
    return told


@pytest.fixture
async def absences(database):
    found = Absences(database.delegations, People(BOOK), Noon())
    for absent, delegate in ((BO, DAN), (EVE, CY), (CY, DAN)):
        entry = AuditEntry(NOON, absent, "person.away", absent.id)
        await database.delegations.save(Delegation(absent, delegate, NOON, later(600)), entry)
    return found


def viewers() -> Iterator[Person]:
    people = People(BOOK)
    for who in EVERYBODY:
        person = people.person(who.id, who.name, groups=GROUPS.get(who.id, frozenset()))
        yield person
        yield Person(
            person.id,
            person.name,
            person.roles,
            sight=Sight(hidden=frozenset({"C2"})),
            groups=person.groups,
        )
    yield Person("UBOT", "Bot", frozenset({Role.ADMIN}), is_bot=True)


async def may(person: Person, story: Story, absences: Absences) -> bool:
    """Return what the rule of every way to answer says."""
    approval = story.run.state("ask").approval
    operations = (approval.call.operation,) if approval.call else ()
    about = About(story.run.workflow_id, operations)
    away = await absences.stands_in_for(person)
    try:
        deciding.in_whose_name(person, approval, story.run, away, about=about, rules=BOOK.rules)
    except NotAllowed:
        return False
    open_ = approval.verdict is Verdict.OPEN
    return open_ and sight.sees(person, story.run.by, story.run.place)


async def test_everybody_is_listed_just_what_the_rule_lets_them_decide(database, stories, absences):
    guard = Guard(BOOK.rules, database.audit, Noon())
    approvals = Approvals(database.open_approvals, absences, None, guard, tuple)
    found = {}

    for number, person in enumerate(viewers()):
        wanted = sorted([one.id for one in stories if await may(person, one, absences)])
        page = await approvals.open_for(person, limit=RUNS)
        found[number] = len(wanted)

        assert sorted(one.run for one in page.approvals) == wanted, person
        assert page.total == len(wanted)

    assert found.pop(len(found) - 1) == 0  # a bot
    assert len(set(found.values())) > 3  # who may decide on what does differ


async def test_of_very_many_only_some_are_counted_and_it_says_so(database):
    for number in range(5):
        story, rule = Story(database.runs, f"many{number}"), ApprovalRule()
        asked = h.ApprovalRequested(later(number), "a", 1, "Go?", "", rule, None, None)
        await story.tell(started(by=ANA), asked)
    guard = Guard(Rules(), database.audit, Noon())
    absences = Absences(database.delegations, People(RoleBook()), Noon())
    store = SqlOpenApprovals(database.open_approvals._reader, counted=2)
    approvals = Approvals(store, absences, None, guard, tuple)
    bo = Person(BO.id, BO.name, frozenset({Role.APPROVER}))

    first = await approvals.open_for(bo, limit=1)
    second = await approvals.open_for(bo, limit=1, offset=2)

    assert [one.run for one in first.approvals] == ["many0"]
    assert (first.total, first.more) == (3, True)
    assert [one.run for one in second.approvals] == ["many2"]
    assert (second.total, second.more) == (5, False)


async def test_yeses_and_hand_overs_are_added_to_what_stands_open(database):
    story = Story(database.runs, "more")
    rule = ApprovalRule(people=3)
    for step in ("a", "b"):
        asked = h.ApprovalRequested(later(0), step, 1, "Go?", "", rule, None, None)
        await (story.tell(started(by=ANA), asked) if story.run is None else story.tell(asked))
    await story.tell(h.ApprovalSupported(later(1), "a", 1, BO, instead_of=CY))
    await story.tell(h.ApprovalSupported(later(2), "a", 1, DAN))
    await story.tell(h.RunHandedOver(later(3), EVE, ANA, EVE))

    guard = Guard(Rules(), database.audit, Noon())
    absences = Absences(database.delegations, People(RoleBook()), Noon())
    approvals = Approvals(database.open_approvals, absences, None, guard, tuple)
    listed = {}
    for who in (*EVERYBODY, Who("U9", "Flo")):
        person = Person(who.id, who.name, frozenset({Role.APPROVER}))
        page = await approvals.open_for(person, limit=5)
        listed[who.name] = [(one.step, one.voters) for one in page.approvals]

    assert listed == {
        "Ana": [],
        "Bo": [("b", 0)],
        "Cy": [("b", 0)],
        "Dan": [("b", 0)],
        "Eve": [],
        "Flo": [("a", 2), ("b", 0)],
    }


async def test_runs_of_mine_are_those_i_started_and_those_i_answer_for(database):
    for run_id, to in (("mine", None), ("given", BO), ("back", BO), ("his", None)):
        by = BO if run_id == "his" else ANA
        story = await Story(database.runs, run_id).tell(started(by=by))
        if to is not None:
            await story.tell(h.RunHandedOver(later(1), by, by, to))
        if run_id == "back":
            await story.tell(h.RunHandedOver(later(2), by, BO, ANA))

    found = {
        who.id: sorted(one.id for one in await database.runs.summaries(RunFilter(of=who.id)))
        for who in (ANA, BO, CY)
    }

    assert found == {ANA.id: ["back", "given", "mine"], BO.id: ["given", "his"], CY.id: []}
    assert [await database.runs.count(RunFilter(of=who.id)) for who in (ANA, BO, CY)] == [3, 2, 0]
