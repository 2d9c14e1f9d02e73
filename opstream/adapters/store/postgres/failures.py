"""PostgreSQL's errors as one sentence each that says what to do, and never a password."""

import psycopg
from psycopg import errors

from opstream.adapters.store.postgres.connecting import address, secrets_of
from opstream.errors import StoreUnavailable

# The same group may well succeed a moment later.
PASSING = (errors.DeadlockDetected, errors.SerializationFailure)

_SENTENCES: tuple[tuple[tuple[type[psycopg.Error], ...], str], ...] = (
    (
        (errors.DiskFull,),
        "The disk of the database {where} is full. Free some space there, then try again; nothing "
        "was written.",
    ),
    (
        (errors.LockNotAvailable,),
        "The database {where} is locked by another program. End whatever holds the lock "
        "(`SELECT * FROM pg_stat_activity` shows it), then try again; nothing was written.",
    ),
    (
        (errors.ReadOnlySqlTransaction,),
        "The database {where} may only be read: it is a standby, or set so. Give the address of "
        "the primary; nothing was written.",
    ),
    (
        (errors.InsufficientPrivilege,),
        "The user of the database {where} lacks a right ({error}). Make it the owner of the "
        "database, then try again; nothing was written.",
    ),
    (
        (errors.TooManyConnections,),
        "The database {where} takes no more connections. Raise its `max_connections`, or run fewer "
        "processes; nothing was written.",
    ),
)
_OWN_FAULT = (
    psycopg.IntegrityError,
    psycopg.ProgrammingError,
    psycopg.DataError,
    psycopg.NotSupportedError,
)
_FATAL = "FATAL: "
_FOR_A_WHILE = (
    "starting up",
    "shutting down",
    "recovery",
    "too many",
    "remaining connection slots",
)
_AWAY = (
    "The database {where} cannot be reached ({error}). Check that the server runs, and what "
    "OPSTREAM_DATABASE_URL says; nothing was written."
)
_COMING_AND_GOING = ("57P01", "57P02", "57P03", "57P05", "25P03")
_OTHERWISE = (
    "The database {where} did not do what it was asked ({error}). Look at its log, then try again; "
    "nothing was written."
)
_UNKNOWN = (
    "The database {where} went away while it was writing ({error}), so nobody knows yet whether this "
    "was written. Look again once the database is back; to repeat it then is safe."
)


def is_lost(error: BaseException) -> bool:
    """Return whether a failure is one of the connection, or of a server that starts or stops."""
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    if error.sqlstate is not None:
        return error.sqlstate.startswith("08") or error.sqlstate in _COMING_AND_GOING
    # Who is turned away while connecting gets words and no code.
    _, fatal, words = str(error).rpartition(_FATAL)
    return not fatal or any(one in words for one in _FOR_A_WHILE)


def is_own_fault(error: BaseException) -> bool:
    """Return whether an error is about one statement: then whoever wrote that is to blame."""
    return isinstance(error, _OWN_FAULT) and not isinstance(error, errors.InsufficientPrivilege)


class Failures:
    """Says what went wrong with one database.

    Args:
        conninfo: How it is connected to.
    """

    def __init__(self, conninfo: str) -> None:
        self.where = address(conninfo)
        self._secrets = secrets_of(conninfo)

    def unavailable(self, error: psycopg.Error) -> StoreUnavailable:
        """Return what a failure of the database is called here, with the failure as its cause."""
        for kinds, sentence in _SENTENCES:
            if isinstance(error, kinds):
                return self._told(sentence, error)
        is_about_connecting = isinstance(error, psycopg.OperationalError) and not error.sqlstate
        return self._told(_AWAY if is_about_connecting else _OTHERWISE, error)

    def unknown(self, error: psycopg.Error) -> StoreUnavailable:
        """Return the complaint that the connection broke and the server did not come back in time."""
        return self._told(_UNKNOWN, error)

    def unfit(self, why: str) -> StoreUnavailable:
        """Return the complaint that this server cannot be used."""
        return StoreUnavailable(f"The database {self.where} {why}. Give another one.")

    def _told(self, sentence: str, error: psycopg.Error) -> StoreUnavailable:
        words = str(error).rpartition(_FATAL)[2]
        said = " ".join(words.split()) or type(error).__name__
        for secret in self._secrets:
            said = said.replace(secret, "***")
        translated = StoreUnavailable(sentence.format(where=self.where, error=said.rstrip(".")))
        translated.__cause__ = error
        return translated


def unreadable() -> StoreUnavailable:
    """Return the complaint about an address that is none, without repeating it."""
    return StoreUnavailable(
        "The address of the database cannot be read. Write OPSTREAM_DATABASE_URL as "
        "`postgresql://user:password@host:5432/opstream`."
    )
