"""An alias gives a tool other inputs and another output, by configuration alone."""

import pytest

from config.settings import load
from opstream.adapters.connectors.alias import Alias, ToolCall
from opstream.bootstrap import aliases as wiring
from opstream.domain.operation import Health, Repeat
from opstream.errors import NotFound, OperationFailed
from tests.aws.shelf import Shelf, called, house

ONE = {"output": ToolCall("shop.look", {"name": "{{ inputs.service }}"})}


def shop(**tools):
    return Shelf("shop", tools or {"look": lambda name: {"seen": name}})


async def test_arguments_and_output_are_templates():
    alias = Alias("peek", inputs={"service": "text"}, calls=ONE, output={"it": "{{ output.seen }}"})

    answer = await called(house([alias], shop()), "peek", service="web")

    assert answer == {"it": "web"}


async def test_several_calls_are_made_side_by_side_and_go_by_their_names():
    calls = {
        "near": ToolCall("shop.look", {"name": "near"}),
        "far": ToolCall("shop.look", {"name": "far"}),
    }
    shelf = shop()
    alias = Alias("both", calls=calls, output="{{ calls.far.seen ~ calls.near.seen }}")

    assert await called(house([alias], shelf), "both") == "farnear"
    assert {one.key for one in shelf.calls} == {"run:step:1:near", "run:step:1:far"}


async def test_a_list_is_made_item_by_item():
    rows = {"rows": [{"a": 1, "b": [{"c": "x"}]}, {"a": 2, "b": [{"c": "y"}]}]}
    made = {
        "for_each": "{{ output.rows }}",
        "make": {"n": "{{ item.a * 2 }}", "c": "{{ item.b[0].c }}"},
    }
    alias = Alias("list", calls={"output": ToolCall("shop.look")}, output={"all": made})

    answer = await called(house([alias], shop(look=lambda: rows)), "list")

    assert answer == {"all": [{"n": 2, "c": "x"}, {"n": 4, "c": "y"}]}


async def test_a_loop_over_no_list_says_so():
    made = {"for_each": "{{ output }}", "make": 1}
    alias = Alias("list", calls={"output": ToolCall("shop.look")}, output=made)

    with pytest.raises(OperationFailed, match="is no list") as failed:
        await called(house([alias], shop(look=lambda: "text")), "list")

    assert not failed.value.retryable


async def test_arguments_that_come_out_as_null_are_left_out():
    call = ToolCall("shop.look", {"name": "x", "end": "{{ inputs.end or none }}"})
    shelf = shop()
    alias = Alias("peek", inputs={"end": "text"}, defaults={"end": ""}, calls={"output": call})

    await called(house([alias], shelf), "peek")

    assert shelf.calls[0].arguments == {"name": "x"}


async def test_a_duration_makes_the_window_that_is_looked_at():
    names = ("start", "end", "start_unix", "end_unix", "seconds", "minutes", "hours")
    arguments = {name: f"{{{{ window.{name} }}}}" for name in names}
    shelf = shop(look=lambda **given: given)
    alias = Alias(
        "look", inputs={"duration": "duration"}, calls={"output": ToolCall("shop.look", arguments)}
    )

    answer = await called(house([alias], shelf), "look", duration="90m")

    assert answer == {
        "start": "2026-11-21T10:30:00+00:00",
        "end": "2026-11-21T12:00:00+00:00",
        "start_unix": 1795257000,
        "end_unix": 1795262400,
        "seconds": 5400,
        "minutes": 90,
        "hours": 2,
    }


@pytest.mark.parametrize(
    ("since", "start"),
    [
        ("", "2026-11-21T11:59:00+00:00"),
        ("2026-11-21T11:59:50+00:00", "2026-11-21T11:59:50+00:00"),
        ("2026-11-21T11:00:00", "2026-11-21T11:59:00+00:00"),
        ("2026-11-21T13:00:00+00:00", "2026-11-21T11:59:59+00:00"),
    ],
)
async def test_nothing_before_since_is_looked_at(since, start):
    alias = Alias(
        "look",
        inputs={"duration": "duration", "since": "text"},
        calls={"output": ToolCall("shop.look", {"name": "{{ window.start }}"})},
    )

    assert await called(house([alias], shop()), "look", duration=60, since=since) == {"seen": start}


@pytest.mark.parametrize("given", [{"duration": "soon"}, {"duration": "1m", "since": "noon"}])
async def test_a_window_that_is_none_is_told_before_anything_is_called(given):
    shelf = shop()
    inputs = {"duration": "duration", "since": "text"}
    alias = Alias(
        "look", inputs=inputs, defaults={"since": ""}, calls={"output": ToolCall("shop.look")}
    )

    with pytest.raises(OperationFailed, match=r"was not called: `(duration|since)` says no"):
        await called(house([alias], shelf), "look", **given)

    assert shelf.calls == []


async def test_a_failure_told_as_success_fails_the_call():
    call = ToolCall("shop.look", fail_if="output[:10] == 'AWS Error:'")
    alias = Alias("look", calls={"output": call}, output="fine")
    shelf = shop(look=lambda: "AWS Error: no such objective.\n")

    with pytest.raises(OperationFailed) as failed:
        await called(house([alias], shelf), "look")

    said = "`shop.look` answered that it failed: AWS Error: no such objective."
    assert (str(failed.value), failed.value.kind) == (said, "refused")


async def test_a_failure_is_told_by_its_reason():
    call = ToolCall("shop.look", fail_if="output.bad", reason="{{ output.why }}")
    alias = Alias("look", calls={"output": call})

    shelf = shop(look=lambda: {"bad": True, "why": "No permission", "rest": "x" * 900})

    with pytest.raises(OperationFailed, match=r"failed: No permission\."):
        await called(house([alias], shelf), "look")


async def test_one_failing_call_fails_the_alias_with_its_own_words():
    def fail():
        raise OperationFailed("It is closed.", kind="unavailable")

    calls = {"a": ToolCall("shop.look"), "b": ToolCall("shop.fail")}
    shelf = shop(look=lambda: 1, fail=fail)

    with pytest.raises(OperationFailed, match=r"^It is closed\.$") as failed:
        await called(house([Alias("look", calls=calls)], shelf), "look")

    assert failed.value.kind == "unavailable"


async def test_an_alias_goes_before_a_tool_of_the_same_bare_name():
    alias = Alias("look", calls={"output": ToolCall("shop.look", {"name": "mine"})})
    operations = house([alias], shop())

    assert await called(operations, "look") == {"seen": "mine"}
    assert await called(operations, "shop.look", name="theirs") == {"seen": "theirs"}


async def test_an_alias_of_a_tool_that_changes_something_changes_something():
    shelf = Shelf("shop", {"look": dict, "sell": dict}, writes=("sell",))
    aliases = [
        Alias("read", calls={"output": ToolCall("shop.look")}),
        Alias("write", calls={"output": ToolCall("shop.sell")}),
        Alias("harmless", calls={"output": ToolCall("shop.sell", reads=True)}),
        Alias("both", calls={"a": ToolCall("shop.look"), "b": ToolCall("shop.sell")}),
    ]
    operations = house(aliases, shelf)

    found = {name: operations.find(name) for name in ("read", "write", "harmless")}

    assert {name: one.writes for name, one in found.items()} == {
        "read": False,
        "write": True,
        "harmless": False,
    }
    assert found["write"].repeat is Repeat.NEVER
    with pytest.raises(OperationFailed, match="make two aliases of it"):
        await operations.ready("both")


async def test_the_inputs_are_checked_before_anything_is_called():
    shelf = shop()
    alias = Alias("peek", inputs={"service": "text"}, calls=ONE)

    with pytest.raises(OperationFailed, match="service"):
        await called(house([alias], shelf), "peek")
    with pytest.raises(OperationFailed, match="servise"):
        await called(house([alias], shelf), "peek", service="a", servise="b")

    assert shelf.calls == []


@pytest.mark.parametrize(
    ("alias", "sentence"),
    [
        (Alias("x", calls={"output": ToolCall("shop.lok")}), "`shop` has no tool `lok`"),
        (Alias("x", calls={"output": ToolCall("far.look")}), "there is no such server"),
        (Alias("x", calls=ONE, output="{{ answer }}"), "uses `answer`; templates there see"),
        (Alias("x", calls=ONE, output="{{ output. }}"), "cannot be read"),
    ],
)
async def test_a_mistake_in_an_alias_is_one_sentence(alias, sentence):
    operations = house([alias, Alias("fine", calls=ONE)], shop())

    with pytest.raises(OperationFailed, match=sentence):
        await operations.ready("x")

    assert (await operations.ready("fine")).name == "alias.fine"
    (said,) = [one.sentence for one in operations.sources() if one.name == "alias"]
    assert sentence in said


async def test_an_alias_whose_server_is_down_says_what_the_server_says():
    shelf = shop()
    shelf.health = type(shelf.health)("shop", Health.MISSING, "`shop` cannot be found.")
    operations = house([Alias("peek", calls=ONE)], shelf)

    with pytest.raises(OperationFailed, match="`shop` cannot be found") as failed:
        await operations.ready("peek")

    assert failed.value.kind == "unavailable"


async def test_what_is_no_alias_is_still_not_found():
    with pytest.raises(NotFound, match="peek"):
        await house([Alias("peek", calls=ONE)], shop()).ready("peak")


async def test_aliases_of_both_kinds_are_read_from_the_file(tmp_path):
    (tmp_path / "config/workflows").mkdir(parents=True)
    (tmp_path / "config/mcp.yaml").write_text(
        "servers: {shop: {command: shop}}\n"
        "aliases:\n"
        "  short: shop.look\n"
        "  long: {tool: shop.look, inputs: {service: text}, arguments: {name: '${WHO}'}}\n"
        "  none: {output: {remedies: []}}\n"
    )

    written = load({"WHO": "me"}, tmp_path).mcp.aliases

    assert wiring.names(written) == {"short": "shop.look"}
    assert wiring.shaped(written) == [
        Alias(
            "long", "", {"service": "text"}, calls={"output": ToolCall("shop.look", {"name": "me"})}
        ),
        Alias("none", output={"remedies": []}),
    ]
    assert await called(house(wiring.shaped(written)[1:], shop()), "none") == {"remedies": []}


async def test_the_limits_of_the_only_server_behind_an_alias_hold_for_it():
    other = Shelf("far", {"look": dict})
    calls = {"a": ToolCall("shop.look", {"name": "x"}), "b": ToolCall("far.look")}
    operations = house([Alias("one", calls=ONE), Alias("two", calls=calls)], shop(), other)

    assert [operations.find(name).source for name in ("one", "two")] == ["shop", "alias"]
    assert await called(operations, "two") == {"a": {"seen": "x"}, "b": {}}


@pytest.mark.parametrize("health", [Health.STARTING, Health.FAILING])
def test_aliases_are_no_further_than_the_servers_behind_them(health):
    shelf = shop()
    shelf.health = type(shelf.health)("shop", health, "`shop` is on its way.")
    operations = house([Alias("peek", calls=ONE)], shelf)

    (found,) = [one for one in operations.sources() if one.name == "alias"]

    assert found.health is health
    assert found.sentence == "The alias `peek` cannot be used: `shop` is on its way."
