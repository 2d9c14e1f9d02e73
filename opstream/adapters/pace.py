"""How the interpreter shares its time between the event loop and everything else."""

import gc
import sys

_GIVE_WAY_SECONDS = 0.0005
_COLLECT_AFTER = (700, 10, 100)  # as Python does, but the old ones ten times more seldom


def spare_the_loop() -> None:
    """Keep the rest of the process from holding up the event loop; to be called once all stands.

    Python's own settings let a thread of the database run for 5 ms before it gives way, and go through
    every object of the process (0.1 s) again and again, although nearly all of them stay for good.
    """
    sys.setswitchinterval(_GIVE_WAY_SECONDS)
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
