"""A worker exactly as it is shipped (`opstream worker`), but that a spare waits for a line to begin."""

import os
import sys

import app
from benchmarks.chaos import leaving
from opstream.adapters.mcp import wire  # imported late otherwise, and a spare shall be quick

_PRELOADED = wire


if __name__ == "__main__":
    if os.read(0, 1):
        leaving.with_who_started_it()
        sys.exit(app.main(["worker"]))
