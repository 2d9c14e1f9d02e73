"""What docs/aws.md and docs/tools.md show can be pasted as it is."""

import json
import re

import pytest
import yaml

from config.settings import PROJECT, load
from opstream.adapters.connectors.alias import complaint
from opstream.bootstrap.aliases import names, shaped
from tests.aws.conftest import EXAMPLE, variables

AWS = (PROJECT / "docs/aws.md").read_text()
TOOLS = (PROJECT / "docs/tools.md").read_text()
SNIPPETS = [one for one in re.findall(r"```yaml\n(.*?)```", AWS + TOOLS, re.S) if "output:" in one]


def loaded(folder, text):
    (folder / "config/workflows").mkdir(parents=True)
    (folder / "config/mcp.yaml").write_text(text)
    return load(variables(), folder).mcp


@pytest.mark.parametrize("text", SNIPPETS)
def test_the_aliases_that_are_shown_can_be_used(tmp_path, text):
    written = yaml.safe_load(text)
    aliases = written.get("aliases", written)
    servers = {name: {"command": name} for name in ("estate", "loki")}

    found = loaded(tmp_path, yaml.safe_dump({"servers": servers, "aliases": aliases})).aliases

    assert {*names(found), *(one.name for one in shaped(found))} == set(aliases)
    assert [complaint(one) for one in shaped(found)] == [""] * len(shaped(found))


def test_the_shipped_example_has_every_tool_of_the_shipped_workflows(tmp_path):
    mcp = loaded(tmp_path, EXAMPLE.read_text())
    aliases = shaped(mcp.aliases)

    assert [complaint(one) for one in aliases] == [""] * 7
    for name in ("application_profiling", "slo_monitoring"):
        text = (PROJECT / f"config/workflows/{name}.yaml").read_text()
        called = set(re.findall(r"^ +call: (\w[\w.]+)$", text, re.M))
        own = {one for one in called if one.startswith("profiling.")}
        assert called - own <= {one.name for one in aliases}


def test_every_tool_that_is_called_stands_in_the_table_with_its_permissions(tmp_path):
    mcp = loaded(tmp_path, EXAMPLE.read_text())
    (policy,) = re.findall(r"```json\n(.*?)```", AWS, re.S)
    statements = json.loads(policy)["Statement"]
    allowed = {
        action
        for one in statements
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    rows = re.findall(r"^\| `(\w+)` \| \w+ `(\w+)`.* \| (.*) \|$", AWS, re.M)

    assert {(alias, tool) for alias, tool, _ in rows} == {
        (one.name, call.tool.partition(".")[2])
        for one in shaped(mcp.aliases)
        for call in one.calls.values()
    }
    assert {one for _, _, needs in rows for one in re.findall(r"`(.*?)`", needs)} == allowed
