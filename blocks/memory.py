"""What people see of what is remembered."""

from collections.abc import Sequence

from blocks import kit
from blocks.kit import Block, Message
from blocks.wording import code, count, line, listed, person, safe, when
from opstream.domain.memory import Case, Entry, EntryKind, Hit, Saved
from opstream.domain.person import Who

_KINDS = {
    EntryKind.FACT: "💡 Fact",
    EntryKind.CONVERSATION: "💬 Conversation",
    EntryKind.RUN: "⚙️ Run",
    EntryKind.INCIDENT: "🚨 Incident",
    EntryKind.DOCUMENT: "📄 Document",
}
_NAMES = {
    EntryKind.FACT: ("fact", "facts"),
    EntryKind.CONVERSATION: ("conversation", "conversations"),
    EntryKind.RUN: ("run", "runs"),
    EntryKind.INCIDENT: ("incident", "incidents"),
    EntryKind.DOCUMENT: ("document", "documents"),
}
_TOKENS_A_WORD = 4 / 3


def remembered(entry: Entry) -> Message:
    """Return that something is kept, for whom, and how it is forgotten again."""
    what = "I read it" if entry.kind is EntryKind.DOCUMENT else "I will remember that"
    whole = f": {count(len(entry.passages), 'passage')} of *{line(entry.title)}*"
    more = whole if entry.kind is EntryKind.DOCUMENT else ""
    forget = code(f"/opstream forget {short_id(entry.id)}")
    small = f"{_who_sees(entry)} {forget} takes it out again."
    return kit.message(f"{what}.", [kit.section(f"🧠 {what}{more}."), kit.context(small)])


def known(question: str, hits: Sequence[Hit], *, shared: bool) -> Message:
    """Return what is known about a question, each with its source.

    Args:
        question: As it was asked.
        hits: The best first.
        shared: Whether others read along, so that what only the person may see is left out.
    """
    note = "Others read here, so I leave out what only you may see; ask me in a direct message for that."
    small = [kit.context(note)] if shared else []
    if not hits:
        text = f"I know nothing about “{line(question, 200)}” yet."
        teach = code("/opstream remember <what I should know>")
        return kit.message(text, [kit.section(f"{text} {teach} changes that."), *small])
    blocks: list[Block] = [kit.section(f"🧠 *What I know about* “{line(question, 200)}”")]
    for hit in hits:
        blocks += passage(hit)
    return kit.message(f"What I know: {count(len(hits), 'thing')}", [*blocks, *small])


def passage(hit: Hit) -> list[Block]:
    """Return a passage with its source."""
    return [kit.section(safe(hit.passage, 700)), kit.context(_origin(hit.entry))]


def forgotten(entry: Entry) -> Message:
    """Return that something is gone."""
    title = f" *{line(entry.title)}*" if entry.title else ""
    return kit.sentence(
        f"🧠 I have forgotten{title or ' it'} for good. The audit trail says that I did."
    )


def seen_before(cases: Sequence[Case]) -> list[Block]:
    """Return earlier failures like this one, and what helped; [] for none."""
    lines = [_case(one) for one in cases]
    return [kit.context("\n".join(lines))] if lines else []


def saved(found: Saved) -> list[Block]:
    """Return what memory has spared, and how that is computed; [] while there is nothing to tell."""
    if not found.entries and not found.recalls:
        return []
    kept = [count(many, *_NAMES[kind]) for kind, many in sorted(found.entries.items())]
    lines = [f"*Memory* · {listed(kept)}" if kept else "*Memory*"]
    if found.recalls:
        share = found.words_given + found.words_spared
        lines.append(
            f"Looked up {count(found.recalls, 'time')}: {found.words_given:,} words were given to a model "
            f"instead of {share:,}, about {_tokens(found.words_spared):,} tokens saved."
        )
    if found.words_compacted:
        tokens = _tokens(found.words_compacted)
        lines.append(f"Long conversations were shortened by about {tokens:,} tokens.")
    if found.cases:
        lines.append(f"{count(found.cases, 'similar case')} stood beside runs that failed.")
    how = (
        "Computed since the beginning: the words of the entries that passages were taken from, less those "
        "passages; four tokens are counted for three words."
    )
    return [kit.section("\n".join(lines)), kit.context(how)]


def short_id(entry_id: str) -> str:
    """Return what a person types to mean an entry."""
    kind, _, rest = entry_id.partition("/")
    return rest if kind in (EntryKind.FACT, EntryKind.DOCUMENT) else entry_id


def _case(case: Case) -> str:
    said = f": {line(case.error, 120)}" if case.error else ""
    head = f"🧠 *Seen before* {when(case.at)} in {code(case.run, 80)}{said}"
    if not case.helped:
        return f"{head} · nobody knows yet what helped."
    by = f" ({code(case.helped_by, 80)})" if case.helped_by else ""
    return f"{head} · *What helped:* {line(case.helped, 200)}{by}"


def _origin(entry: Entry) -> str:
    title = line(entry.title, 100)
    named = f"<{entry.link}|{title or 'source'}>" if _is_link(entry.link) else title
    by = f"by {person(Who(entry.by, ''))}" if entry.by else ""
    id = code(short_id(entry.id), 120)
    return " · ".join(one for one in (_KINDS[entry.kind], named, by, when(entry.at), id) if one)


def _is_link(text: str) -> bool:
    return text.startswith(("https://", "http://")) and not set(text) & set("<>| \n")


def _who_sees(entry: Entry) -> str:
    if entry.audience.channel:
        return f"Whoever may read <#{entry.audience.channel}> can find it."
    return "Everybody can find it." if entry.audience.everyone else "Only you can find it."


def _tokens(words: int) -> int:
    return round(words * _TOKENS_A_WORD)
