"""The terminal: reads the words, lets the right room answer, and says what is wrong.

Exit codes: 0 all is well, 1 there are complaints, 2 it was not written right.
What needs more than files is asked of the `House`, which `app.py` makes. The console script `opstream`
comes in here without one; then the program `app` is started, with the same words.
"""

import os
import runpy
import sys
from collections.abc import Sequence

from opstream.cli.house import House, NoHouse
from opstream.cli.saying import complain
from opstream.cli.words import WrongUse, read
from opstream.errors import BadInput, NotFound, OpStreamError

_PROGRAM = "app"  # the only file that sees every room


def main(arguments: Sequence[str] | None = None, house: House | None = None) -> int:
    """Do what the words say and return the exit code.

    Args:
        arguments: Without the name of the program; None means those of the process.
        house: None where only files are at hand: what needs more starts the program that has one.
    """
    said = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _answered(said, house)
    except NoHouse:
        sys.argv = [_PROGRAM, *said]
        runpy.run_module(_PROGRAM, run_name="__main__", alter_sys=True)
        return 0
    except (WrongUse, BadInput, NotFound) as error:
        complain(str(error))
        return 2
    except OpStreamError as error:
        complain(str(error))
        return 1
    except BrokenPipeError:  # whoever read us has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _answered(said: list[str], house: House | None) -> int:
    try:
        understood = read(said)
    except SystemExit as asked:  # for help, which was shown
        return asked.code if isinstance(asked.code, int) else 0
    from opstream.cli.answers import answer  # the other rooms; help must not wait for them

    code = answer(understood, house)
    sys.stdout.flush()
    return code
