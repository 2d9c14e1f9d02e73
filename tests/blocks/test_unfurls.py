"""A run below the message that has its address, compared whole."""

from datetime import timedelta

from slack_sdk.models.metadata import EntityMetadata

from blocks import kit, unfurls
from tests.blocks import oracle
from tests.blocks.stories import ASKING, FAILED, at, view

URL = "https://ops.example.com/runs/r4f7k2q9dx"
THREAD = "https://acme.slack.com/archives/C1/p1"


def test_a_run_under_way_says_who_asked_and_when_it_was_looked_at():
    blocks = unfurls.unfurl(view(*ASKING, left=timedelta(minutes=3)), THREAD, at(90))

    title = "*Application Performance Profiling*"
    state = "🙋 *Waiting for a decision* · 2 of 6 steps · an approver is asked in the thread"
    began = "<!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC>"
    looked = "<!date^1795176090^{date_short_pretty} {time}|2026-11-20 12:01 UTC>"
    thread = f"<{THREAD}|Open its thread>"
    assert blocks == [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"{title}\n{state}"}},
        {
            "type": "context",
            "elements": [
                {
                    "type": "mrkdwn",
                    "text": f"Asked by *Ana Silva* · {began} · `r4f7k2q9dx` · {thread}",
                },
                {"type": "mrkdwn", "text": f"As of {looked}"},
            ],
        },
    ]
    oracle.accepts(kit.Message("A run", tuple(blocks)))


def test_an_ended_run_says_how_long_it_took():
    title, small = unfurls.unfurl(view(*FAILED), "", at(900))

    assert "❌ *Failed*" in title["text"]["text"]
    assert "took" in title["text"]["text"]
    assert "thread" not in str(small)


def test_a_work_object_is_what_slack_knows_as_a_task():
    shared = unfurls.shared(view(*ASKING), URL, f"{URL}?from=mail", at(90))

    assert shared == {
        "entity_type": "slack#/entities/task",
        "external_ref": {"id": "r4f7k2q9dx", "type": "run"},
        "url": URL,
        "app_unfurl_url": f"{URL}?from=mail",
        "entity_payload": {
            "attributes": {
                "title": {"text": "Application Performance Profiling"},
                "display_type": "Run",
                "display_id": "r4f7k2q9dx",
                "product_name": "OpStream",
                "metadata_last_modified": 1795176090,
            },
            "fields": {
                "status": {"value": "🙋 Waiting for a decision", "tag_color": "blue"},
                "created_by": {"value": "Ana Silva", "type": "string"},
                "assignee": {"value": "Ana Silva", "type": "string"},
                "date_created": {"value": 1795176000},
                "date_updated": {"value": 1795176090},
            },
            "custom_fields": [
                {"key": "steps", "label": "Steps", "value": "2 of 6 steps", "type": "string"}
            ],
        },
    }
    assert EntityMetadata(**shared).to_dict()["entity_type"] == "slack#/entities/task"


def test_details_add_why_it_ended_and_the_way_to_its_thread():
    failed = unfurls.details(view(*FAILED), URL, THREAD, at(900))

    fields = failed["entity_payload"]["custom_fields"]
    assert [one["label"] for one in fields] == ["Steps", "Time", "Why", "Thread"]
    assert fields[-1]["link"] == THREAD
    assert "app_unfurl_url" not in failed
