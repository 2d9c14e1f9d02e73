"""The words of the terminal: every command with its options, its help and an example."""

import argparse
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from typing import NoReturn

FORMATS = ("opstream", "steps-json", "tools-yaml")

_Subparsers = (
    argparse._SubParsersAction
)  # the type of what `add_subparsers` returns has no other name


class WrongUse(Exception):
    """The words cannot be understood; the text says what to write instead."""


class _Parser(argparse.ArgumentParser):
    """A parser that says in a sentence what is wrong, and what comes close."""

    def error(self, message: str) -> NoReturn:
        missing = "the following arguments are required: "
        if message.startswith(missing):
            message = f"It lacks {message.removeprefix(missing)}."
        elif message.startswith("unrecognized arguments: "):
            message = self._strange(message.removeprefix("unrecognized arguments: "))
        elif message.startswith("argument "):
            message = message.partition(": ")[2]
        raise WrongUse(f"{message} `{self.prog} --help` shows how to write it.")

    def _check_value(self, action: argparse.Action, value: object) -> None:
        choices = [str(one) for one in action.choices or ()]
        if not choices or value in choices:
            return
        close = get_close_matches(str(value), choices, 1, 0.5)
        listed = ", ".join(f"`{one}`" for one in choices)
        hint = f"Did you mean `{close[0]}`?" if close else f"There are {listed}."
        self.error(f"There is no `{value}` here. {hint}")

    def _strange(self, words: str) -> str:
        close = get_close_matches(words.split("=")[0].split()[0], sorted(set(_options(self))), 1)
        hint = f" Did you mean `{close[0]}`?" if close else ""
        return f"`{words}` cannot stand here.{hint}"


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from action.option_strings
        if isinstance(action, _Subparsers):
            for inner in action.choices.values():
                yield from _options(inner)


def read(arguments: list[str]) -> argparse.Namespace:
    """Return what was said: `what` is the command, such as `workflows check`.

    Raises:
        WrongUse: it cannot be understood.
        SystemExit: help was asked for and shown.
    """
    return _parser().parse_args(arguments)


def _parser() -> _Parser:
    top = _Parser(
        prog="opstream",
        description="An ops teammate that lives in Slack. Without a command it starts the bot.",
        epilog="exit codes: 0 all is well, 1 there are complaints, 2 it was not written right",
        allow_abbrev=False,
    )
    top.set_defaults(what="start", json=False)

    top.add_argument("--version", action="store_const", dest="what", const="version")
    commands = top.add_subparsers(metavar="COMMAND", parser_class=_Parser)
    _add(commands, "start", "start the bot, or the playground without Slack tokens")
    _add(commands, "worker", "advance runs beside other processes (needs PostgreSQL)")
    _check(commands, "check")
    _workflows(_group(commands, "workflows", "check, show, try, convert workflows"))
    _runs(_group(commands, "runs", "look at runs"))
    _add(commands, "migrate", "bring the database to the schema of this version")
    move = _add(
        commands,
        "move",
        "copy a SQLite install to PostgreSQL",
        "opstream move --to postgresql://opstream@db/opstream",
    )
    move.add_argument("--to", required=True, metavar="URL", help="address of an empty database")
    audit = _group(commands, "audit", "the record of who did what")
    _audit(audit)
    _governing(commands)
    _json(_add(commands, "version", "say which version this is"))
    return top


def _workflows(commands: "_Subparsers[_Parser]") -> None:
    _check(commands, "workflows check")
    _json(_add(commands, "workflows list", "list what can be started"))
    show = _add(
        commands,
        "workflows show",
        "draw a workflow as a graph",
        "opstream workflows show slo_monitoring --svg slo.svg",
    )
    show.add_argument("workflow", metavar="WORKFLOW|FILE", help="its id, or a file")
    show.add_argument("--svg", metavar="FILE", help="write a picture; `-` writes to the terminal")
    _json(show)
    run = _add(
        commands,
        "workflows run",
        "say what a run would do, and do nothing",
        "opstream workflows run application_profiling service=checkout --dry",
    )
    run.add_argument("workflow", metavar="WORKFLOW", help="its id")
    run.add_argument("inputs", nargs="*", metavar="NAME=VALUE", help="its inputs")
    run.add_argument("--dry", action="store_true", help="must be there: runs start in Slack")
    _json(run)
    export = _add(
        commands,
        "workflows export",
        "write a workflow in one of the formats",
        "opstream workflows export email_to_notion --as opstream",
    )
    export.add_argument("workflow", metavar="WORKFLOW|FILE", help="its id, or a file")
    export.add_argument(
        "--as", dest="format", choices=FORMATS, default=FORMATS[0], metavar="FORMAT"
    )
    export.add_argument("--to", metavar="FILE", help="where to write it, else to the terminal")
    bring = _add(
        commands,
        "workflows import",
        "turn files of any format into files of ours",
        "opstream workflows import old.json --to config/workflows",
    )
    bring.add_argument("files", nargs="+", metavar="FILE")
    bring.add_argument("--to", required=True, metavar="FOLDER", help="where the workflows stand")


def _runs(commands: "_Subparsers[_Parser]") -> None:
    listed = _add(
        commands, "runs list", "list runs, newest first", "opstream runs list --status failed"
    )
    states = ("active", "ended", "succeeded", "failed", "cancelled", "denied")
    listed.add_argument("--status", choices=states, metavar="STATUS", help=", ".join(states))
    listed.add_argument("--workflow", metavar="WORKFLOW", help="only ended runs of this one")
    listed.add_argument("--limit", type=_number, default=20, metavar="N", help="20 if left out")
    _json(listed)
    show = _add(commands, "runs show", "tell the story of a run", "opstream runs show k3f9")
    show.add_argument("run", metavar="RUN", help="its id, or how that begins")
    _json(show)


def _audit(commands: "_Subparsers[_Parser]") -> None:
    verify = _add(
        commands,
        "audit verify",
        "find out whether the record was tampered with",
        "opstream audit verify --holds 17:3f9a…",
    )
    verify.add_argument("--holds", metavar="SEAL", help="a seal that was noted earlier")
    _json(verify)
    export = _add(
        commands,
        "audit export",
        "write the record for other programs",
        "opstream audit export --since 2026-01-01 --format csv",
    )
    export.add_argument("--since", type=_day, metavar="DATE", help="such as 2026-01-31, in UTC")
    export.add_argument("--person", metavar="ID", help="only what they did, or was done to them")
    export.add_argument("--deed", metavar="DEED", help="such as `run` or `run.started`")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", metavar="FORMAT")


def _governing(commands: "_Subparsers[_Parser]") -> None:
    keeping = _add(
        commands, "retention", "say what is kept for too long", "opstream retention --now"
    )
    keeping.add_argument("--now", action="store_true", help="remove it now")
    _json(keeping)
    forget = _add(
        commands, "forget", "have a person forgotten, for good", "opstream forget U0BO000001"
    )
    forget.add_argument("person", metavar="PERSON", help="their id in Slack")
    _json(forget)


def _check(commands: "_Subparsers[_Parser]", what: str) -> None:
    check = _add(
        commands,
        what,
        "say all that is wrong with workflow files",
        f"opstream {what} config/workflows/*.yaml",
    )
    check.set_defaults(what="workflows check")
    check.add_argument("files", nargs="+", metavar="FILE")
    check.add_argument(
        "--tools", action="store_true", help="start the tools and look for each operation"
    )
    _json(check)


def _group(commands: "_Subparsers[_Parser]", name: str, does: str) -> "_Subparsers[_Parser]":
    group = commands.add_parser(name, help=does, description=_sentence(does), allow_abbrev=False)
    return group.add_subparsers(metavar="COMMAND", parser_class=_Parser, required=True)


def _add(commands: "_Subparsers[_Parser]", what: str, does: str, example: str = "") -> _Parser:
    one = commands.add_parser(
        what.split()[-1],
        help=does,
        description=_sentence(does),
        epilog=f"example: {example}" if example else None,
        allow_abbrev=False,
    )
    one.set_defaults(what=what)
    return one


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="write JSON for a program to read")


def _number(written: str) -> int:
    if written.isdecimal() and 0 < int(written) <= 1000:
        return int(written)
    raise argparse.ArgumentTypeError(f"`{written}` is no number from 1 to 1000.")


def _day(written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"`{written}` is no date. Write it like 2026-01-31."
        ) from None


def _sentence(does: str) -> str:
    return f"{does[0].upper()}{does[1:]}."
