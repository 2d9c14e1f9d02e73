"""What the terminal asks and does about the audit trail and the data of people."""

from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime

from opstream.cli.house import Desk
from opstream.cli.saying import say, say_json
from opstream.domain.audit import AuditFilter
from opstream.domain.durations import show
from opstream.governance import exporting


async def verify(desk: Desk, said: Namespace) -> int:
    """Find the first entry of the audit trail that does not fit the ones before it."""
    state = await desk.services.governance.trail.check(said.holds or "")
    broken = state.broken
    if said.json:
        say_json({"whole": broken is None, "first_broken": broken, **asdict(state)})
    elif broken is None:
        say("The audit trail is whole: every entry fits the ones before it.")
        say(f"Its seal is {state.last}:{state.seal}")
        say("Note it elsewhere: `opstream audit verify --holds SEAL` finds a trail written anew.")
    else:
        say(f"The audit trail is broken: entry {broken} does not fit. {state.why}")
    return 0 if broken is None else 1


async def export(desk: Desk, said: Namespace) -> int:
    """Write the audit trail, oldest entry first."""
    since = datetime.fromisoformat(said.since).replace(tzinfo=UTC) if said.since else None
    wanted = AuditFilter(person=said.person or "", deed=said.deed or "", since=since)
    found = desk.services.governance.trail.entries(wanted, by=desk.by)
    if said.format == "csv":
        say(exporting.csv_line(exporting.FIELDS))
    async for one in found:
        say(exporting.line(one, said.format))
    return 0


async def retention(desk: Desk, said: Namespace) -> int:
    """Say what is too old, or remove it."""
    keeping = desk.services.governance.retention
    found = await (keeping.apply(by=desk.by) if said.now else keeping.outdated(by=desk.by))
    if said.json:
        say_json(found)
        return 0
    for one in found:
        time = f"kept for {show(one.kept_for)}" if one.kept_for else "kept for ever"
        what = "removed" if said.now else "too old"
        say(f"{one.kind.value}: {time}, {one.count} {what}")
    return 0


async def forget(desk: Desk, said: Namespace) -> int:
    """Have a person forgotten."""
    done = await desk.services.governance.forgetting.forget(said.person, by=desk.by)
    if said.json:
        say_json(done)
        return 0
    changed = ", ".join(f"{count} in {name}" for name, count in done.counts.items())
    say(f"{said.person} is forgotten: `{done.pseudonym}` stands in their place now.")
    say(f"Changed: {changed}. The audit trail still proves itself.")
    say("What stands in Slack stays there, and so do roles, which `/opstream role` takes.")
    return 0
