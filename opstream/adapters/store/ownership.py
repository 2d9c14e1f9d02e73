"""One process owns a data folder: an operating-system lock that even `kill -9` gives back."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

from opstream.errors import AlreadyRunning

_FILE = "opstream.lock"

if sys.platform == "win32":
    import msvcrt

    _FAR_AWAY = 1 << 30  # Windows locks bytes for reading too; the pid must stay readable

    def _lock(file: BinaryIO) -> None:
        file.seek(_FAR_AWAY)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        # flock, not lockf: it also tells two owners in one process apart.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Ownership:
    """The lock on a data folder, held until `release` or the end of the process."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    @classmethod
    def take(cls, folder: Path) -> "Ownership":
        """Take the folder and leave our process id in its lock file.

        Raises:
            AlreadyRunning: another process has it; the sentence names its id.
            OSError: the lock file cannot be made.
        """
        file = (folder / _FILE).open("a+b", buffering=0)
        try:
            _lock(file)
        except (BlockingIOError, PermissionError) as error:  # what Linux and Windows say
            raise _taken(folder, file) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
        return cls(file)

    def release(self) -> None:
        """Give the folder back; the file stays, so that nobody locks a deleted one."""
        self._file.close()


def _taken(folder: Path, file: BinaryIO) -> AlreadyRunning:
    with file:
        file.seek(0)
        pid = file.read(32).decode(errors="replace").strip()
    who = f"as process {pid}" if pid else "in another process"
    return AlreadyRunning(
        f"OpStream is already running on {folder} {who}. Stop that one first, or choose another "
        "data folder."
    )
