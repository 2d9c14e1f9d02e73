"""The one table of verbs: parsing, help, completion and "did you mean" all come from it."""

from collections.abc import Mapping
from difflib import get_close_matches

from blocks import help as cards
from blocks.kit import Message
from handlers.commands import (
    asking,
    audit,
    connect,
    deciding,
    definitions,
    link,
    memory_verbs,
    notifying,
    prompts,
    role,
    run,
    schedules,
    stats,
    status,
    tools,
)
from handlers.commands import help as helping
from handlers.commands.ask import Ask
from handlers.commands.verbs import Completion, Verb
from handlers.edge import Edge
from opstream.errors import NotFound


async def _help(ask: Ask, edge: Edge) -> Message:
    word = (ask.first_word or "").lower()
    if not word:
        return helping.overview([verb.entry for verb in VERBS], edge)
    return cards.one(find(word).entry)


_START = (
    "start application_profiling service=checkout duration=2m",
    "profile my-service for 2 hours",
)

VERBS: tuple[Verb, ...] = (
    Verb(
        "start",
        "start <workflow> [name=value …]",
        "Starts a workflow. What is missing is asked for in a form.",
        _START,
        run.start,
    ),
    Verb(
        "status",
        "status [run]",
        "Says where a run is and how long is left. Without an id: your active runs.",
        ("status", "status r4f7k2q9dx"),
        status.status,
    ),
    Verb(
        "pause",
        "pause [run]",
        "Pauses a run: what is under way ends, nothing new begins.",
        ("pause r4f7k2q9dx",),
        run.pause,
    ),
    Verb("resume", "resume [run]", "Lets a paused run go on.", ("resume r4f7k2q9dx",), run.resume),
    Verb(
        "cancel",
        "cancel [run] [reason]",
        "Ends a run now. What its workflow can undo is undone; the rest stays done.",
        ("cancel r4f7k2q9dx wrong service",),
        run.cancel,
    ),
    Verb(
        "retry",
        "retry [run] [from=<step>] [version=new]",
        "Sets an ended run going again: from where it stopped, from a step, or `from=start`.",
        ("retry r4f7k2q9dx", "retry r4f7k2q9dx from=analyse", "retry from=start version=new"),
        run.retry,
    ),
    Verb(
        "approvals",
        "approvals",
        "Shows what waits for your yes, the oldest first.",
        ("approvals",),
        deciding.approvals,
    ),
    Verb(
        "approve",
        "approve <run>[:step] [operation]",
        "Says yes to what a run asks. What is critical takes the name of its operation, too.",
        ("approve r4f7k2q9dx", "approve r4f7k2q9dx estate.rollback"),
        deciding.approve,
    ),
    Verb(
        "deny",
        "deny <run>[:step] <reason>",
        "Says no to what a run asks, and why.",
        ("deny r4f7k2q9dx not before the release",),
        deciding.deny,
    ),
    Verb(
        "away",
        "away until <when> [@person]",
        "Says that you are away; the person you name decides for you until then.",
        ("away until friday @cy", "away until 2026-12-24"),
        deciding.away,
    ),
    Verb("back", "back", "Says that you are back.", ("back",), deciding.back),
    Verb(
        "take",
        "take [run]",
        "Makes you answer for a run from now on.",
        ("take r4f7k2q9dx",),
        deciding.take,
    ),
    Verb(
        "assign",
        "assign <run> @person",
        "Makes somebody else answer for a run from now on.",
        ("assign r4f7k2q9dx @bo",),
        deciding.assign,
    ),
    Verb("list", "list", "Shows everybody's active runs.", ("list",), status.active),
    Verb(
        "history",
        "history [workflow] [failed] [mine]",
        "Shows ended runs: all, or those `succeeded`, `failed`, `cancelled` or `denied`.",
        ("history", "history failed mine", "history application_profiling"),
        status.history,
    ),
    Verb(
        "workflows",
        "workflows [workflow] [edit]",
        "Shows what can be started; or one workflow with its steps and versions; or changes it.",
        ("workflows", "workflows slo_monitoring", "workflows slo_monitoring edit"),
        definitions.workflows,
    ),
    Verb(
        "new",
        "new <what you want, in words>",
        "Begins a workflow that you write in a form; it is checked, shown, and published after a yes.",
        ("new restart the checkout service when its memory is full",),
        definitions.new,
    ),
    prompts.VERB,
    Verb(
        "schedule",
        "schedule <workflow> <when> [name=value …]",
        "Starts a workflow at a time or again and again, in your time zone.",
        (
            "schedule slo_monitoring every weekday at 9",
            "schedule application_profiling tomorrow at 17:30 service=checkout",
        ),
        schedules.schedule,
    ),
    Verb("schedules", "schedules", "Shows what is planned.", ("schedules",), schedules.schedules),
    Verb(
        "unschedule",
        "unschedule <plan>",
        "Takes a plan out; `schedules` shows their names.",
        ("unschedule slo_monitoring@1",),
        schedules.unschedule,
    ),
    Verb(
        "details",
        "details [run]",
        "Shows what a run found: findings, tables and charts.",
        ("details", "details r4f7k2q9dx"),
        status.details,
    ),
    Verb(
        "logs",
        "logs [run]",
        "Shows what every step of a run did, and when.",
        ("logs r4f7k2q9dx",),
        status.logs,
    ),
    Verb(
        "link",
        "link [run]",
        "Gives you the address of a run, to share it.",
        ("link", "link r4f7k2q9dx"),
        link.link,
    ),
    Verb(
        "ask",
        "ask <question>",
        "Answers a question in plain words, in a thread.",
        ("ask why did last night's run fail?", "ask which runs took longest today?"),
        asking.ask_agent,
    ),
    Verb("incidents", "incidents", "Shows open incidents.", instead=("list",)),
    Verb(
        "incident",
        "incident <id>",
        "Shows an incident: its signs, causes with evidence, the plan, and the timeline.",
        instead=("details",),
    ),
    Verb("tasks", "tasks [filter]", "Shows the tasks of all tools.", instead=("list",)),
    Verb(
        "insights",
        "insights",
        "Shows what is overdue, ownerless, unbalanced or unanswered.",
        instead=("history",),
    ),
    Verb("brief", "brief", "Gives you your morning briefing.", instead=("status",)),
    Verb(
        "tools",
        "tools [name]",
        "Shows every tool and model and how it is doing, and what was spent today.",
        ("tools", "tools estate"),
        tools.tools,
    ),
    connect.VERB,
    Verb(
        "watch",
        "watch [run or workflow]",
        "Lets you hear of a run, or of all runs of a workflow. Without a name: what you watch.",
        ("watch r4f7k2q9dx", "watch slo_monitoring"),
        notifying.watch,
    ),
    Verb(
        "unwatch",
        "unwatch [run or workflow]",
        "Ends that.",
        ("unwatch r4f7k2q9dx",),
        notifying.unwatch,
    ),
    Verb(
        "prefs",
        "prefs [channel]",
        "Shows and changes what you hear about, where and when; or what a channel hears.",
        ("prefs", "prefs channel"),
        notifying.prefs,
    ),
    Verb(
        "role",
        "role [@person] [role]",
        "Shows who may do what. Admins give a role, or take it with a minus before it.",
        ("role", "role @bo approver", "role @bo -approver"),
        role.role,
    ),
    Verb(
        "audit",
        "audit [mine | @person | run | workflow | deed] [since <when>]",
        "Shows who did what, and when; refusals too.",
        ("audit mine", "audit r4f7k2q9dx", "audit run.cancelled since 7d"),
        audit.audit,
    ),
    Verb(
        "stats",
        "stats [workflow] [since]",
        "Shows how well it all runs: outcomes, durations, approvals, what fails most, what models cost.",
        ("stats", "stats 30d", "stats application_profiling 2 weeks"),
        stats.stats,
    ),
    *memory_verbs.VERBS,
    Verb(
        "help",
        "help [verb]",
        "Shows all that I can do, or examples for one verb.",
        ("help", "help start"),
        _help,
    ),
)

_BY_NAME: Mapping[str, Verb] = {verb.name: verb for verb in VERBS}


def known(word: str) -> bool:
    """Return whether a word is a verb."""
    return word.lower() in _BY_NAME


def find(word: str) -> Verb:
    """Return the verb of that name.

    Raises:
        NotFound: there is none; the error offers what comes close.
    """
    verb = _BY_NAME.get(word.lower())
    if verb is None:
        close = get_close_matches(word.lower(), _BY_NAME, 2, 0.6)
        close.sort(key=lambda one: _BY_NAME[one].answer is None)  # what works comes first
        raise NotFound("command", word[:60], close, "`/opstream help` shows all of them.")
    return verb


def completions() -> tuple[Completion, ...]:
    """Return what a composer may offer after `/opstream`."""
    return tuple(
        Completion(
            f"/opstream {verb.name}",
            verb.usage,
            verb.summary if verb.answer else f"{verb.summary} (not built yet)",
        )
        for verb in VERBS
    )
