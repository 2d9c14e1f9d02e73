"""Checks of what people decide and are told: settled once, by who may, and kept."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from benchmarks.chaos.diary import Deed
from benchmarks.chaos.evidence import Evidence, Story, spot
from benchmarks.chaos.judging import Promise, Violation, is_write
from benchmarks.chaos.people import APPROVERS
from opstream.domain import history as h
from opstream.domain.approval import approval_id
from opstream.domain.workflow import Call

_Answer = h.ApprovalGranted | h.ApprovalDenied | h.ChangesRequested | h.ApprovalExpired
_VERDICTS: Mapping[type, str] = {
    h.ApprovalGranted: "granted",
    h.ApprovalDenied: "denied",
    h.ChangesRequested: "changes",
    h.ApprovalExpired: "expired",
}

_MAY_STAND_TWICE = ("clear", "pause", "resume", "cancel")  # each said again later


def settled(evidence: Evidence) -> Iterator[Violation]:
    """Find approvals that were settled twice, by who may not, or differently from what stands."""
    rows = {row["id"]: row for row in evidence.approvals}
    for story in evidence.stories.values():
        answers: dict[str, list[_Answer]] = defaultdict(list)
        for fact in story.facts:
            if isinstance(fact, _Answer):
                answers[approval_id(story.id, fact.step, fact.revision)].append(fact)
        for id, facts in answers.items():
            yield from _one_answer(story, id, facts, rows[id]["verdict"])
        yield from _without_yes(story)
    for deed, count in _acknowledged(evidence).items():
        if count > 1:
            sentence = f"{count} people were told that they had settled `{deed[1]}`"
            yield Violation(Promise.SETTLED_ONCE, sentence, deed[0])


def _acknowledged(evidence: Evidence) -> Counter[tuple[str, str, int]]:
    return Counter((one.run, one.step, one.revision) for one in evidence.diary.done("decide"))


def _one_answer(story: Story, id: str, facts: list[_Answer], verdict: str) -> Iterator[Violation]:
    if len(facts) > 1:
        sentence = f"{id} was settled {len(facts)} times"
        yield Violation(Promise.SETTLED_ONCE, sentence, story.id)
    if verdict != _VERDICTS[type(facts[0])]:
        sentence = f"{id} stands as {verdict}, its history says {facts[0].kind}"
        yield Violation(Promise.SETTLED_ONCE, sentence, story.id)
    who = getattr(facts[0], "by", None)
    if who is not None and (who.id not in APPROVERS or who.id == story.began.by.id):
        yield Violation(Promise.SETTLED_ONCE, f"{id} was settled by {who.id}", story.id)


def _without_yes(story: Story) -> Iterator[Violation]:
    """Find effects that needed a yes, and had none, or one to something else."""
    for path, found in story.effects().items():
        where = spot(story.workflow, path)
        call = where.step.undo if where.undoes else where.step.work
        if not isinstance(call, Call) or call.unattended or not is_write(call):
            continue
        yes = [fact for fact in story.facts if isinstance(fact, h.ApprovalGranted)]
        granted = {(fact.step, fact.revision) for fact in yes}
        asked = [
            fact
            for fact in story.facts
            if isinstance(fact, h.ApprovalRequested) and (fact.step, fact.revision) in granted
        ]
        shown = [fact.call.arguments for fact in asked if fact.call and fact.call.step == path]
        for _, record in found:
            if record.value not in [arguments["value"] for arguments in shown]:
                sentence = f"`{path}` wrote {record.value!r}, and nobody said yes to that"
                yield Violation(Promise.SETTLED_ONCE, sentence, story.id)


def kept(evidence: Evidence) -> Iterator[Violation]:
    """Find deeds that people were told are done, and of which the journal knows nothing."""
    for deed in evidence.diary.deeds:
        story = evidence.stories.get(deed.run)
        if deed.told != "done" or story is None:
            continue
        count = sum(_tells_of(fact, deed) for fact in story.facts)
        if count != 1 and not (count and deed.what in _MAY_STAND_TWICE):
            sentence = f"{deed.by or 'the post'} was told that {deed.what} {deed.said!r} is done"
            yield Violation(Promise.ANSWERS_KEPT, f"{sentence}; noted {count} times", deed.run)
    for story in evidence.stories.values():
        keys = Counter(fact.key for fact in story.facts if isinstance(fact, h.LetterReceived))
        answers = Counter(f.step for f in story.facts if isinstance(f, h.QuestionAnswered))
        for what, count in (keys + answers).items():
            if count > 1:
                sentence = f"{what} was taken {count} times"
                yield Violation(Promise.ANSWERS_KEPT, sentence, story.id)


def _tells_of(fact: h.Fact, deed: Deed) -> bool:
    """Return whether a fact is what a deed had to become."""
    match fact:
        case h.ApprovalGranted() | h.ApprovalDenied():
            said = (fact.step, fact.revision, fact.by.id, _VERDICTS[type(fact)])
            return deed.what == "decide" and said == (deed.step, deed.revision, deed.by, deed.said)
        case h.QuestionAnswered():
            said_number = (fact.step, fact.by.id, fact.answers.get("number"))
            return deed.what == "fill_in" and said_number == (deed.step, deed.by, deed.said)
        case h.DoubtCleared():
            return deed.what == "clear" and (fact.step, fact.answer) == (deed.step, deed.said)
        case h.LetterReceived():
            return deed.what in ("deliver", "reply") and fact.key == deed.key
        case h.RunPaused():
            return deed.what == "pause" and fact.by.id == deed.by
        case h.RunResumed():
            return deed.what == "resume" and fact.by.id == deed.by
        case h.RunStopping() | h.RunFinished():
            by = fact.by.id if fact.by else ""
            return deed.what == "cancel" and by == deed.by
    return False
