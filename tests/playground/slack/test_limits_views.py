"""What Slack refuses of views and metadata, each with the place it names."""

from typing import Any

import pytest

from opstream.playground.slack import limits
from opstream.playground.slack.errors import SlackError
from tests.playground.slack.blocks import (
    chart,
    plan,
    section,
    table,
    task,
)
from tests.playground.slack.harness import plain


def view(*blocks: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Start"), "blocks": list(blocks), **extra}


INPUT = {
    "type": "input",
    "label": plain("Service"),
    "element": {"type": "plain_text_input", "action_id": "service"},
}

REFUSED_VIEWS: list[tuple[str, dict[str, Any], str]] = [
    (
        "101 blocks",
        view(*[{"type": "divider"}] * 101),
        "[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]",
    ),
    (
        "title",
        view(title=plain("x" * 25)),
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
    ),
    (
        "submit",
        view(submit=plain("x" * 25)),
        "[ERROR] must be less than 25 characters [json-pointer:/view/submit/text]",
    ),
    (
        "private metadata",
        view(private_metadata="x" * 3001),
        "[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    (
        "plan in a modal",
        view(plan(task(1))),
        "[ERROR] unsupported type: plan [json-pointer:/view/blocks/0/type]",
    ),
    (
        "inputs that cannot be sent",
        view(INPUT),
        "[ERROR] missing required field: submit [json-pointer:/view]",
    ),
    (
        "alert text",
        view({"type": "alert", "text": plain("x" * 201)}),
        "[ERROR] must be less than 201 characters [json-pointer:/view/blocks/0/text/text]",
    ),
]


@pytest.mark.parametrize(
    ("content", "sentence"), [case[1:] for case in REFUSED_VIEWS], ids=[c[0] for c in REFUSED_VIEWS]
)
def test_refused_views_are_named_by_their_place(content: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SlackError) as refused:
        limits.check_view(content)

    answer = refused.value.answer()
    assert answer["error"] == "invalid_arguments"
    assert sentence in answer["response_metadata"]["messages"]


def test_view_of_too_many_bytes_is_refused() -> None:
    big = view(*(section("é" * 3000) for _ in range(60)))

    with pytest.raises(SlackError) as refused:
        limits.check_view(big)

    assert refused.value.code == "view_too_large"


def test_home_takes_charts_and_modal_takes_alerts() -> None:
    limits.check_view({"type": "home", "blocks": [chart(), table(2)]}, home=True)
    limits.check_view(view(INPUT, {"type": "alert", "text": plain("Careful")}, submit=plain("Go")))


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ("run", "invalid_metadata_format"),
        ({"event_type": "run"}, "invalid_metadata_schema"),
        ({"event_type": "run", "event_payload": []}, "invalid_metadata_schema"),
        ({"event_type": "run", "event_payload": {"x": "y" * 16_000}}, "metadata_too_large"),
    ],
)
def test_metadata_is_an_event_type_and_a_payload(metadata: object, code: str) -> None:
    with pytest.raises(SlackError) as refused:
        limits.check_metadata(metadata)

    assert refused.value.code == code
