"""The steps of our own format: what every step has, loops, and steps that answer a failure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from opstream.definitions import fields, native_retry, native_work, rescues
from opstream.definitions.draft import Placed
from opstream.definitions.native_work import SHORT, WORK
from opstream.definitions.section import Section, kind_of
from opstream.domain.values import Json
from opstream.domain.workflow import ForEach, OnError, RetryPolicy, Step, Wait, Work

LOOP = "for_each"
_KINDS = (*list(WORK)[:4], LOOP, *list(WORK)[4:])
_BELONGS = {  # keys that only some kinds of work have
    "with": ("call",),
    "fail_if": ("call",),
    "unattended": ("call",),
    "keep": ("call",),
    "fresh": ("call",),
    "undo": ("call",),
    "retry": ("call", "prompt"),
    "timeout": ("call", "prompt", "agent", "wait"),
}
_EXAMPLE = "Begin each step with `- id: …` and say what it does, such as `call: estate_status`."
_RESCUE = "Write `on_error: stop`, `on_error: go_on`, or `on_error: {steps: [{notify: Oh.}]}`."
_DEEPEST = 12  # far beyond what a check allows; it keeps the reading of odd files short


def read(workflow: Section) -> tuple[Placed, ...]:
    """Return the steps of a workflow, each with the place where it stands."""
    return _Reader(set(_written_ids(workflow.raw("steps")))).scope(workflow, "The workflow")


def _written_ids(steps: Json, depth: int = 0) -> Iterator[str]:
    listed = steps if isinstance(steps, Sequence) and not isinstance(steps, str) else ()
    for step in listed if depth <= _DEEPEST else ():
        if isinstance(step, Mapping):
            if step.get("id"):
                yield str(step["id"])
            for key in (LOOP, "on_error"):
                inner = step.get(key)
                if isinstance(inner, Mapping):
                    yield from _written_ids(inner.get("steps"), depth + 1)


class _Reader:
    """Reads steps; `taken` are the ids that are in use anywhere in the workflow."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._last: dict[str, int] = {}  # the last number tried, by name

    def scope(self, owner: Section, what: str) -> tuple[Placed, ...]:
        """Return the steps of a workflow or of a loop."""
        placed: list[Placed] = []
        before: str | None = None
        for section in self._sections(owner, what):
            read = self._step(section, before)
            before = read[0].step.id
            placed += read
        steps = rescues.joined([one.step for one in placed])
        return tuple(replace(one, step=step) for one, step in zip(placed, steps, strict=True))

    def _sections(self, owner: Section, what: str) -> Iterator[Section]:
        for number in range(owner.items("steps", _EXAMPLE)):
            yield owner.inner("steps", number, what=f"step {number + 1}", hint=_EXAMPLE)
        if owner.is_mapping and owner.raw("steps") in (None, []):
            key = "steps" if "steps" in owner.data else None
            owner.complain(key, f"{what} has no steps.", _EXAMPLE)

    def _step(self, section: Section, before: str | None) -> list[Placed]:
        """Return a step, and behind it those that answer its failure."""
        kind = _kind(section)
        step_id = section.text("id") or self._free_id(section, kind)
        section.what = f"the step `{step_id}`"
        work, inner = self._work(section, kind)
        _refuse_keys(section, kind, work)
        rescuers = self._rescuers(section, step_id)
        step = Step(
            id=step_id,
            title=section.text("title", default=fields.spoken(step_id)),
            work=work,
            needs=_needs(section, before),
            when=native_work.condition(section, "when"),
            retry=native_retry.read(section) if kind in _BELONGS["retry"] else RetryPolicy(),
            timeout=section.duration("timeout", None) if kind in _BELONGS["timeout"] else None,
            on_error=OnError.GO_ON if rescuers else _on_error(section),
            undo=native_work.undo(section) if kind in _BELONGS["undo"] else None,
        )
        section.finish()
        return [Placed(step, section.path, inner), *rescuers]

    def _work(self, section: Section, kind: str) -> tuple[Work, tuple[Placed, ...]]:
        if kind != LOOP:
            return WORK[kind](section), ()
        loop = section.inner(LOOP, what=f"`{LOOP}`", hint=f"Write `{SHORT[LOOP]}`.")
        if loop.is_mapping and not loop.has("items"):
            problem = f"`{LOOP}` has no `items` to work on."
            loop.complain(None, problem, 'Add `items: "{{ steps.list.output }}"`.')
        placed = self.scope(loop, "The loop")
        items, usual = loop.raw("items"), ForEach(None, ()).at_once
        work = ForEach(items, tuple(p.step for p in placed), loop.whole("at_once", usual, 1, 100))
        loop.finish()
        return work, placed

    def _rescuers(self, section: Section, failing: str) -> list[Placed]:
        """Return the steps below `on_error`, in one row behind the step that failed."""
        if not isinstance(section.raw("on_error"), Mapping):
            return []
        owner = section.inner("on_error", what="`on_error`", hint=_RESCUE)
        placed: list[Placed] = []
        before = failing
        for inner in self._sections(owner, "`on_error`"):
            first, *others = self._step(inner, before)
            needs = tuple(dict.fromkeys((before, *first.step.needs)))
            step = replace(first.step, needs=needs, rescues=failing)
            placed += [replace(first, step=step), *others]
            before = step.id
        owner.finish()
        return placed

    def _free_id(self, section: Section, kind: str) -> str:
        """Return an id for a step that was written without one."""
        operation = section.data.get("call")
        is_named = kind == "call" and isinstance(operation, str)
        last = str(operation).rsplit(".", 1)[-1] if is_named else kind
        name = last if re.fullmatch(r"[A-Za-z_]\w*", last, re.ASCII) else kind
        free, number = name, self._last.get(name, 1)
        while free in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._last[name] = number
        self._taken.add(free)
        return free


def _kind(section: Section) -> str:
    found = [kind for kind in _KINDS if section.raw(kind) is not None]
    empty = next((kind for kind in _KINDS if kind in section.data), None)
    if not found and empty:
        section.complain(empty, f"`{empty}` is empty.", f"Write for example `{SHORT[empty]}`.")
    elif not found and section.data:
        listed = ", ".join(f"`{kind}`" for kind in _KINDS)
        section.complain(None, "This step does nothing.", f"Give it one of {listed}.")
    if len(found) > 1:
        both = " and ".join(f"`{kind}`" for kind in found)
        problem = f"This step has {both}, but does one thing only."
        section.complain(found[1], problem, "Make a step of its own for each.")
    return found[0] if found else "call"


def _refuse_keys(section: Section, kind: str, work: Work) -> None:
    """Complain about keys that belong to other kinds of work."""
    for key, kinds in _BELONGS.items():
        if section.raw(key) is not None and kind not in kinds:
            owners = " and ".join(f"`{one}`" for one in kinds)
            problem = f"`{key}` belongs to {owners}, not to `{kind}`."
            section.complain(key, problem, "Take it out.")
    if isinstance(work, Wait) and not (work.topic or work.reply) and section.has("timeout"):
        problem = "`timeout` limits a wait for a topic or a reply; this one ends by itself."
        section.complain("timeout", problem, "Take it out.")


def _needs(section: Section, before: str | None) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(section.texts("needs")))
    if "needs" in section.data:
        return wanted
    return (before,) if before else ()


def _on_error(section: Section) -> OnError:
    value = section.raw("on_error")
    if value is None or value in tuple(OnError):
        return OnError(value or OnError.STOP)
    if not isinstance(value, Mapping):
        said = f"`{value}`" if isinstance(value, str) else kind_of(value)
        section.complain("on_error", f"`on_error` cannot be {said}.", _RESCUE)
    return OnError.STOP
