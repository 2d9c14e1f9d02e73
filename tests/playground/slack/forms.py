"""A form with one field, and an app that opens it."""

from typing import Any

from tests.playground.slack.harness import plain


def form(name: str = "form", **extra: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": name,
        "title": plain("A form"),
        "submit": plain("Send"),
        "blocks": [
            {
                "type": "input",
                "block_id": "why",
                "label": plain("Why?"),
                "element": {"type": "plain_text_input", "action_id": "text"},
            }
        ],
        **extra,
    }


WHY = {"why": {"text": {"type": "plain_text_input", "value": "Too risky"}}}


def opens(app: Any, view: dict[str, Any]) -> None:
    @app.command("/opstream")
    async def opstream(ack: Any, command: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=view)
