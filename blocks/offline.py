"""What is said to a question where no language model is set up: what was found by its words, and how to set one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from blocks import closeups, ids, kit, memory
from blocks.kit import Block, Message
from blocks.wording import code, count, line
from opstream.domain.memory import Hit
from opstream.domain.run import RunView
from opstream.domain.workflow import Workflow

NO_MODEL: Final = (
    "🧭 No language model is set up, so I only look things up by their words. Whoever runs me sets "
    "`GEMINI_API_KEY`, `ANTHROPIC_API_KEY` or `OPENAI_API_KEY` to change that."
)
_QUOTED = 200


@dataclass(frozen=True, slots=True)
class Try:
    """Something to say instead: a sentence, and the command that it means, '' where a button makes no sense."""

    sentence: str
    command: str


def answer(
    said: str,
    about: str,
    tries: Sequence[Try],
    run: RunView | None,
    workflows: Sequence[Workflow],
    passages: Sequence[Hit],
) -> Message:
    """Return what was found for a sentence that is no command.

    Args:
        said: The sentence.
        about: What it seems to be about, '' when that is open.
        tries: Sentences that are understood.
        run: The run of the thread, or None.
        workflows: What could be started.
        passages: What is remembered.
    """
    topic = f"It seems to be about {about}. " if about else ""
    unsure = f"I am not sure what you mean by “{line(said, _QUOTED)}”, so I did nothing. {topic}"
    lines = "\n".join(f"• {code(one.sentence, 150)}" for one in tries)
    blocks = [
        kit.section(NO_MODEL),
        *_of_run(run),
        *_known(passages),
        *_to_start(workflows),
        kit.section(f"{unsure}Try one of these:\n{lines}"),
        kit.actions(*(_try(at, one) for at, one in enumerate(tries) if one.command), _all()),
    ]
    return kit.message(
        "No language model is set up. I am not sure what you mean, so I did nothing.", blocks
    )


def templates(wish: str, near: Sequence[Workflow]) -> Message:
    """Return the workflows that come near a wish for a new one, to begin with."""
    text = "No language model is set up, so I cannot write a workflow from your words."
    beginning = kit.button(
        "Write it from scratch", ids.DRAFT_NEW, ids.carried(words=wish[:500]), style="primary"
    )
    blocks = [kit.section(NO_MODEL), kit.section("These share words with what you want:")]
    for one in near:
        described = f": {line(one.description, 200)}" if one.description else ""
        value = ids.carried(workflow=one.id)
        edit = kit.button("Begin with it", f"{ids.WORKFLOW_EDIT}:{one.id}"[:255], value)
        blocks.append(
            kit.section(f"*{line(one.title, 150)}* · {code(one.id, 80)}{described}", edit)
        )
    return kit.message(text, [*blocks, kit.actions(beginning)])


def _of_run(run: RunView | None) -> Iterator[Block]:
    if run is not None:
        yield kit.section("*The run of this thread*")
        yield from closeups.brief_status(run).blocks


def _known(passages: Sequence[Hit]) -> Iterator[Block]:
    if passages:
        yield kit.section(f"*Found in my memory by its words*, {count(len(passages), 'passage')}")
        for one in passages:
            yield from memory.passage(one)


def _to_start(workflows: Sequence[Workflow]) -> Iterator[Block]:
    for one in workflows:
        value = ids.carried_start(one.id, {})
        start = kit.button("Start …", f"{ids.START_OPEN}:{one.id}"[:255], value)
        described = f": {line(one.description, 200)}" if one.description else ""
        yield kit.section(f"*{line(one.title, 150)}*{described}", start)


def _try(at: int, one: Try) -> Block:
    return kit.button(one.sentence, f"{ids.HOME_VERB}:try{at}", ids.carried(verb=one.command))


def _all() -> Block:
    return kit.button("All I can do", f"{ids.HOME_VERB}:help", ids.carried(verb="help"))
