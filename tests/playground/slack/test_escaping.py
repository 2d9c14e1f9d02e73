"""What people type, and what Slack makes of it."""

import pytest

from opstream.playground.slack.channels import Channel
from opstream.playground.slack.escaping import command_text, message_text
from opstream.playground.slack.happenings import ChannelChanged
from opstream.playground.slack.workspace import Workspace


@pytest.fixture
def workspace() -> Workspace:
    place = Workspace()
    place.apply(ChannelChanged(Channel("C0OPS00001", "ops")))
    return place


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("@bo, look", "<@U0BO000001>, look"),
        ("@Bo Chen, look", "<@U0BO000001>, look"),
        ("ask @nobody", "ask @nobody"),
        ("mail bo@ana.example", "mail bo@ana.example"),
        ("in #ops please", "in <#C0OPS00001|ops> please"),
        ("in #nowhere", "in #nowhere"),
        ("@here and @oncall", "<!here> and <!subteam^S0ONCALL01>"),
        ("see https://example.com/a?b=1&c=2.", "see <https://example.com/a?b=1&amp;c=2>."),
        ("`@bo < 1` @bo", "`@bo &lt; 1` <@U0BO000001>"),
        ("<@U0ANA00001>", "&lt;@U0ANA00001&gt;"),
    ],
)
def test_message_text(workspace: Workspace, typed: str, written: str) -> None:
    assert message_text(workspace, typed) == written


def test_command_text_is_escaped_only_if_the_app_wants_it(workspace: Workspace) -> None:
    typed = "give to @ana in #ops a<b"

    escaped = command_text(workspace, typed, should_escape=True)

    assert escaped == "give to <@U0ANA00001|ana> in <#C0OPS00001|ops> a&lt;b"
    assert command_text(workspace, typed, should_escape=False) == typed
