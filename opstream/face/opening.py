"""An install without a chat tool: for programs, and for questions in the terminal."""

import getpass
import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from opstream import bootstrap
from opstream.cli.house import Desk
from opstream.domain.operation import Progress
from opstream.domain.person import Person, Role
from opstream.domain.run import RunView
from opstream.errors import StoreUnavailable
from opstream.ports import Messenger

_PARTING = timedelta(seconds=5)


def _log_settings() -> dict[str, object]:
    """Return how structlog is set up now, as something to compare later."""
    now = structlog.get_config()
    return now | {"processors": tuple(now["processors"])}


# Whoever looks into the log for a while, as tests do, leaves it "configured" and yet as it was.
_UNTOUCHED = None if structlog.is_configured() else _log_settings()


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Which install is meant, where it is not just that of the settings.

    Args:
        folder: Another data folder.
        database: Address of another database.
        workflows: More folders with workflows.
        works: Whether it advances runs; one on SQLite always can.
    """

    folder: Path | None = None
    database: str | None = None
    workflows: tuple[Path, ...] = ()
    works: bool = True


class Silence:
    """A messenger for an install that nobody looks at."""

    def show(self, view: RunView) -> None:
        """Show nothing."""

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show nothing."""


def somebody(name: str = "") -> Person:
    """Return the person at the keyboard, who may do all that their own data allows."""
    if not name:
        try:
            name = getpass.getuser()
        except (KeyError, OSError):  # a container knows no names
            name = "somebody"
    return Person(name, name, frozenset(Role))


def beside_the_bot(where: Whereabouts) -> Whereabouts:
    """Return an install of one's own where none is named: the bot's folder is the bot's."""
    if where.folder is not None or where.database is not None or bootstrap.shares_database():
        return where
    return replace(where, folder=bootstrap.read_settings().data_dir / "python")


def log_as_a_library() -> None:
    """Hand warnings to the logging of the program that uses us, unless it was said otherwise."""
    if _log_settings() == _UNTOUCHED:
        structlog.configure(
            processors=[
                structlog.processors.format_exc_info,
                structlog.processors.KeyValueRenderer(key_order=["event"]),
            ],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        )


@asynccontextmanager
async def opened(
    where: Whereabouts, messenger: Messenger, operations: Sequence[object] = ()
) -> AsyncIterator[bootstrap.Install]:
    """Open an install that is wired like the bot's and not started yet.

    Args:
        where: What differs from the settings of this process.
        messenger: Hears what runs do.
        operations: Connectors, and functions with `@operation`, that it gets besides.

    Raises:
        AlreadyRunning: another process has the data folder.
        StoreUnavailable: it cannot be used.
    """
    settings = bootstrap.read_settings(where.folder, where.database, where.workflows)
    async with AsyncExitStack() as stack:
        stores = await bootstrap.open_stores(settings, works=where.works)
        stack.push_async_callback(stores.close)
        install = await bootstrap.install(
            settings, stores, messenger, bootstrap.variables(), things=operations
        )
        stack.push_async_callback(install.stop, _PARTING)
        yield install


@asynccontextmanager
async def desk(*, tools: bool = False, changes: bool = False) -> AsyncIterator[Desk]:
    """Open the install of this process for questions; as it is, or in a copy.

    A SQLite database is looked at in a copy: the bot may be running on it.

    Args:
        tools: Start the tools, so that one can ask what they offer.
        changes: Take the install itself, to change something in it.
    """
    log_as_a_library()
    async with AsyncExitStack() as stack:
        where = Whereabouts(works=False)
        if not changes and not bootstrap.shares_database():
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="opstream-")))
            _copy(bootstrap.read_settings().data_dir, folder)
            where = replace(where, folder=folder)
        install = await stack.enter_async_context(opened(where, Silence()))
        if tools:
            await install.start_tools()
        yield Desk(install.services, somebody())


def _copy(source: Path, target: Path) -> None:
    """Copy the databases of a data folder as they stand at one moment."""
    for file in source.glob("*.db"):
        try:
            with (
                closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as old,
                closing(sqlite3.connect(target / file.name)) as new,
            ):
                old.backup(new)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{file} cannot be read: {error}.") from error
