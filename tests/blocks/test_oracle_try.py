import pytest
from blocks import thread, lists
from blocks.thread import Surroundings
from opstream.domain.operation import Progress
from tests.blocks import oracle, stories

@pytest.mark.parametrize("name", list(stories.every_state()))
def test_x(name):
    view = stories.every_state()[name]
    for part in thread.parts(view, Surroundings({"measure": Progress(3, 10, "reading")}, "C0X")):
        oracle.accepts(part.message)
    oracle.accepts(lists.status(view))
    for i in range(3):
        oracle.accepts(lists.details(view, i))
