"""Format 1: one file of named workflows, each a list of tools with a duration.

    workflows:
      application_profiling:
        name: "Application Performance Profiling"
        tools: [cloudwatch_metrics, trace_analysis, log_aggregation]
        duration: "2h"

A workflow becomes: all tools side by side, a summary of what they returned, a report in the thread,
and, with `auto_resolve`, the steps of `tools_yaml_fix.py`.

The format does not say which arguments a tool takes. Those of the tools it was made for are known
here. Any other tool gets none, unless it is written as `{tool: my_tool, takes: [service, duration]}`.
The schema of its operation is not asked, on purpose: tool servers start in the background, and a
published version must mean the same after every start.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from opstream.definitions import native, native_triggers, tools_yaml_fix
from opstream.definitions.document import Document
from opstream.definitions.draft import Draft, Placed
from opstream.definitions.fields import spoken
from opstream.definitions.section import Section, close_to
from opstream.domain import durations
from opstream.domain.values import Json
from opstream.domain.workflow import Call, Input, InputKind, Notify, RetryPolicy, Step, Workflow
from opstream.errors import Complaint

FORMAT = "tools_yaml"

_KNOWN: Mapping[str, tuple[str, ...]] = {
    "cloudwatch_metrics": ("service", "duration"),
    "trace_analysis": ("service", "duration"),
    "log_aggregation": ("service", "duration"),
    "slo_checker": ("service", "duration"),
    "alert_correlator": ("duration",),
}
_TAKES = ("service", "duration")
_ALL_SERVICES = ("slo_checker", "alert_correlator")
_PHRASES = {"application_profiling": ("profile {service} for {duration}",)}
_RETRY = RetryPolicy(attempts=3, kinds=("timeout", "unavailable"))
_TOOLS = "Write `tools: [slo_checker]` below it, indented."
_HINT = "Write `workflows:` and below it, indented, `my_workflow: {tools: [slo_checker]}`."


def fits(document: Document) -> bool:
    """Return whether a document is of this format."""
    return isinstance(document.data, Mapping) and "workflows" in document.data


def read(document: Document, complaints: list[Complaint]) -> list[Draft]:
    """Return the workflows of a document; what is wrong with them goes to `complaints`."""
    file = Section(document, (), complaints, "the file")
    drafts = [
        _workflow(file.inner("workflows", name, what=f"the workflow `{name}`", hint=_TOOLS), name)
        for name in list(file.names("workflows", _HINT))
    ]
    if file.raw("workflows") in (None, {}):
        file.complain("workflows", "The file has no workflows.", _HINT)
    file.finish()
    return drafts


def _workflow(section: Section, name: str) -> Draft:
    tools = _tools(section)
    triggers = native_triggers.single(section)
    inputs = tuple(_inputs(tools, _duration(section), by_itself=bool(triggers)))
    names = _names(list(tools))
    placed = [
        (_read(names[tool], tool, takes), (*section.path, "tools", number))
        for number, (tool, takes) in enumerate(tools.items())
    ]
    title = section.text("name", default=spoken(name))
    steps = _summary(title, [step for step, _ in placed])
    result = "{{ steps.summarize.output.summary }}"
    if section.flag("auto_resolve"):
        mending = _fix(section, [step for step, _ in placed])
        steps, result = steps + mending, tools_yaml_fix.RESULT if mending else result
    placed += [(step, (*section.path, "auto_resolve")) for step in steps]
    workflow = Workflow(
        id=name,
        title=title,
        description=section.text("description").strip(),
        inputs=inputs,
        steps=tuple(step for step, _ in placed),
        result=result,
        phrases=_PHRASES.get(name, ()) if len(inputs) > 1 else (),
        notices=native.notices(section, "notifications"),
        source_format=FORMAT,
        triggers=tuple(trigger for trigger, _ in triggers),
    )
    section.finish()
    steps_at = tuple(Placed(step, path) for step, path in placed)
    triggers_at = tuple(path for _, path in triggers)
    return Draft(section.document, workflow, section.path, steps_at, triggers_at=triggers_at)


def _tools(section: Section) -> dict[str, tuple[str, ...]]:
    """Return the tools, each with the inputs that it takes."""
    tools: dict[str, tuple[str, ...]] = {}
    for number in range(section.items("tools", "Write `tools: [cloudwatch_metrics]`.")):
        tool, takes = _tool(section, number)
        if tool in tools:
            section.complain("tools", f"The tool `{tool}` stands there twice.", "Keep one of them.")
        tools[tool] = takes
    if section.is_mapping and section.raw("tools") in (None, []):
        problem = f"{section.what[:1].upper()}{section.what[1:]} has no tools."
        section.complain(None, problem, "Add `tools: [cloudwatch_metrics]`.")
    return tools


def _tool(section: Section, number: int) -> tuple[str, tuple[str, ...]]:
    value = section.document.at((*section.path, "tools", number))
    if isinstance(value, str):
        return value, taken(value)
    written = section.inner("tools", number, what=f"tool {number + 1}")
    found = written.text("tool", required=bool(written.data)), written.texts("takes")
    for one in found[1]:
        if one not in _TAKES:
            written.complain("takes", f"A tool cannot take `{one}`.", close_to(one, _TAKES))
    written.finish()
    return found


def taken(tool: str) -> tuple[str, ...]:
    """Return which inputs a tool takes when the file does not say so."""
    return _KNOWN.get(tool.rsplit(".", 1)[-1], ())


def _duration(section: Section) -> str | None:
    return section.text("duration") if section.duration("duration", None) else None


def _inputs(
    tools: Mapping[str, tuple[str, ...]], duration: str | None, by_itself: bool
) -> Iterator[Input]:
    """Yield the inputs; what starts by itself can be told no service, so it needs none."""
    if any("service" in takes for takes in tools.values()):
        must = not by_itself and any(tool.rsplit(".", 1)[-1] not in _ALL_SERVICES for tool in tools)
        said = "The service to look at" + ("." if must else "; all of them when left out.")
        yield Input("service", InputKind.TEXT, "Service", said, required=must)
    if duration or any("duration" in takes for takes in tools.values()):
        said = "How far to look back."
        default = duration if duration and durations.parse(duration) else None
        yield Input("duration", InputKind.DURATION, "Duration", said, False, default)


def _names(tools: Sequence[str]) -> Mapping[str, str]:
    """Return a step id for each tool: its bare name, or all of its name where two would collide."""
    bare = [tool.rsplit(".", 1)[-1] for tool in tools]
    chosen = (
        last if bare.count(last) == 1 else tool for tool, last in zip(tools, bare, strict=True)
    )
    return {
        tool: re.sub(r"\W", "_", name, flags=re.ASCII)
        for tool, name in zip(tools, chosen, strict=True)
    }


def _read(name: str, tool: str, takes: tuple[str, ...]) -> Step:
    pairs = ", ".join(f"'{one}': inputs.{one}" for one in takes)
    arguments: Json = f"{{{{ {{{pairs}}} | given }}}}" if pairs else {}
    return Step(name, spoken(name), Call(tool, arguments), retry=_RETRY)


def _summary(title: str, reads: list[Step]) -> list[Step]:
    results: Json = {step.id: f"{{{{ steps.{step.id}.output }}}}" for step in reads}
    summarize = Step(
        id="summarize",
        title="Sum up",
        work=Call("profiling.summarize", {"title": title, "results": results}),
        needs=tuple(step.id for step in reads),
    )
    report = Step(
        id="report",
        title="Report",
        work=Notify("{{ steps.summarize.output.summary }}", "{{ steps.summarize.output }}"),
        needs=("summarize",),
    )
    return [summarize, report]


def _fix(section: Section, reads: list[Step]) -> list[Step]:
    checker = next((step for step in reads if step.id == "slo_checker"), None)
    if checker is None:
        problem = "`auto_resolve` watches objectives, but `slo_checker` is not among the tools."
        section.complain("auto_resolve", problem, "Add `slo_checker` to `tools`.")
        return []
    alerts = next((step for step in reads if step.id == "alert_correlator"), None)
    return tools_yaml_fix.steps(checker, alerts, after="report", retry=_RETRY)
