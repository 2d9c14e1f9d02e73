"""A process that is asked to stop in the middle of a call: what it does not finish is done later."""

import signal
import sys
from pathlib import Path

import pytest

from tests.contracts.waiting import until
from tests.flows import bringing

WORKFLOW = """\
id: passage
title: Passage
steps:
  - {id: wait, call: gate.wait}
"""


class Gate:
    """What the tool of `servers/gate.py` waits for."""

    def __init__(self, street):
        self.folder = street.folder / "gate"
        self.folder.mkdir()
        bringing.workflow(street, "passage.yaml", WORKFLOW)
        bringing.server(street, "gate", bringing.SERVERS / "gate.py", str(self.folder))

    @property
    def calls(self):
        file = self.folder / "calls"
        return len(file.read_text().split()) if file.exists() else 0

    def open(self):
        (self.folder / "open").touch()


@pytest.fixture
async def under_way(street, ana):
    """A run in the middle of its only call."""
    gate = Gate(street)
    await street.start_bot(OPSTREAM_STOP_GRACE="10s")
    await street.ready()
    await ana.command("/opstream start passage")
    await until(lambda: gate.calls == 1)
    return gate


async def test_a_call_that_ends_in_time_is_kept_and_not_made_again(street, ana, under_way):
    street.process.send_signal(signal.SIGTERM)
    under_way.open()

    assert await street.process.wait() == 0
    await ana.sees("✅ *Done* ·")
    assert under_way.calls == 1


async def test_a_second_signal_leaves_at_once_and_loses_nothing(street, ana, under_way):
    street.process.send_signal(signal.SIGTERM)
    street.process.send_signal(signal.SIGINT)

    assert await street.process.wait() == 130
    under_way.open()
    await street.start_bot()
    await ana.sees("✅ *Done* ·")
    assert under_way.calls == 2


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has /proc.")
async def test_a_process_that_is_frozen_for_a_while_goes_on_where_it_was(street, ana, under_way):
    street.process.send_signal(signal.SIGSTOP)
    await until(lambda: frozen(street.process.pid))
    under_way.open()  # what was called answers into the silence
    street.process.send_signal(signal.SIGCONT)

    await ana.sees("✅ *Done* ·")
    assert under_way.calls == 1


def frozen(pid):
    """Return whether a process is stopped by a signal, as the system sees it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
