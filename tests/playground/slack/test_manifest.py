"""The app's manifest, as the playground and Slack read it."""

import json
import re

import pytest

from opstream.playground.slack.manifest import ManifestError, parse, read
from tests.playground.slack.harness import MANIFEST


def test_the_app_asks_for_no_more_than_it_uses() -> None:
    manifest = read(MANIFEST)

    assert sorted(manifest.scopes) == [
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "dnd:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "links:read",
        "links:write",
        "reactions:read",
        "usergroups:read",
        "users:read",
    ]


def test_every_event_has_the_scope_it_needs() -> None:
    manifest = read(MANIFEST)
    needs = {
        "app_mention": "app_mentions:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "agent_session_stopped": "",
        "app_home_opened": "",
        "entity_details_requested": "",
        "function_executed": "",
        "link_shared": "links:read",
        "reaction_added": "reactions:read",
    }

    assert manifest.events == set(needs)
    assert all(manifest.hears(event, scope) for event, scope in needs.items())


def test_commands_fit_what_slack_takes() -> None:
    data = json.loads(MANIFEST.read_text())
    commands = data["features"]["slash_commands"]

    assert [one["command"] for one in commands] == ["/opstream", "/profile"]
    for one in commands:
        assert re.fullmatch(r"/[a-z]{1,31}", one["command"])
        assert len(one["description"]) <= 2000
        assert len(one["usage_hint"]) <= 1000
        assert one["should_escape"] is True


def test_it_uses_socket_mode_and_both_home_tabs() -> None:
    manifest = read(MANIFEST)

    assert (manifest.socket_mode, manifest.interactive) == (True, True)
    assert (manifest.home_enabled, manifest.messages_enabled) == (True, True)


def test_description_is_as_long_as_slack_wants_it() -> None:
    shown = json.loads(MANIFEST.read_text())["display_information"]

    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000


def test_slack_cli_finds_its_hooks() -> None:
    hooks = json.loads((MANIFEST.parent / ".slack" / "hooks.json").read_text())

    assert hooks["hooks"]["get-hooks"] == "python3 -m slack_cli_hooks.hooks.get_hooks"


def test_a_file_that_is_no_manifest_is_named(tmp_path) -> None:
    path = tmp_path / "manifest.json"

    with pytest.raises(ManifestError, match="There is no app manifest at"):
        read(path)
    path.write_text("{")
    with pytest.raises(ManifestError, match="is not JSON"):
        read(path)
    path.write_text("{}")
    with pytest.raises(ManifestError, match="display_information is missing"):
        read(path)


def test_what_a_manifest_leaves_out_is_off() -> None:
    manifest = parse({"display_information": {"name": "Bare"}})

    assert manifest.bot_name == "Bare"
    off = (manifest.socket_mode, manifest.interactive, manifest.home_enabled)
    assert off == (False, False, False)
