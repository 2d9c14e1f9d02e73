"""A process that is asked to stop in the middle of a call: what it does not finish is done later."""

import signal

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
