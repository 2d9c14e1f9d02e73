"""A workflow whose tools nobody has is refused when it is started, in one sentence."""

import pytest

from opstream.definitions import loader
from opstream.domain.operation import Health, SourceHealth
from opstream.errors import BadInput, NotFound
from opstream.runs.readiness import require_operations
from tests.runs.conftest import ANA, Tools

HEAD = "id: demo\ntitle: Demo\nsteps:\n"


class Sources(Tools):
    """The tools of `t`, beside another source that is as a test says."""

    def __init__(self, health: Health = Health.READY) -> None:
        super().__init__()
        self.other = SourceHealth("other", health, "It is as it is.")

    def sources(self):
        return (*super().sources(), self.other)


def require(steps, sources):
    [loaded] = loader.load(HEAD + steps, "demo.yaml")
    require_operations(loaded.workflow, sources)


async def test_a_start_is_refused_when_no_source_has_an_operation(house):
    house.write(HEAD + "  - {id: a, title: Read it, call: t.raed}\n")
    await house.open()

    with pytest.raises(BadInput) as refused:
        await house.runs.start("demo", {}, by=ANA, place=None)

    assert str(refused.value) == (
        "`demo` cannot start: its step “Read it” calls a tool that I do not have. "
        "There is no operation `t.raed`."
    )
    assert isinstance(refused.value.__cause__, NotFound)
    assert (await house.runs.active()).total == 0


def test_nothing_is_refused_while_a_source_is_starting():
    require("  - call: anything\n", Sources(Health.STARTING))


@pytest.mark.parametrize("health", [Health.FAILING, Health.MISSING])
def test_what_belongs_to_a_source_that_is_down_is_left_to_the_run(health):
    require("  - call: other.thing\n", Sources(health))

    with pytest.raises(BadInput):
        require("  - call: thing\n", Sources(health))


@pytest.mark.parametrize(
    "step",
    ["{call: nope, on_error: go_on}", '{call: "{{ run.id }}"}', "{call: t.read}", "wait: 1s"],
)
def test_what_may_work_or_may_fail_is_not_refused(step):
    require(f"  - {step}\n", Sources())
