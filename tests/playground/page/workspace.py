"""A prepared workspace: people, channels and messages as the page's protocol carries them."""

from itertools import count
from typing import Any

Frame = dict[str, Any]

BOT = "UOPS"
TEAM, DEPLOYS, DIRECT, APP_DIRECT = "CTEAM", "CDEPLOYS", "DBEN", "DAPP"
START = 1_763_629_200  # 2025-11-20 09:00 UTC
_ticks = count(1)


def person(id_: str, name: str, real_name: str, title: str, color: str) -> Frame:
    initials = "".join(word[0] for word in real_name.split())
    return {
        "id": id_,
        "name": name,
        "real_name": real_name,
        "title": title,
        "color": color,
        "initials": initials,
        "is_admin": False,
        "is_bot": id_ == BOT,
        "tz": "Europe/Lisbon",
        "tz_offset": 0,
    }


PEOPLE = [
    person("UANA", "ana", "Ana Silva", "On-call engineer", "#b3306e"),
    person("UBEN", "ben", "Ben Okafor", "Team lead", "#3f5fc4"),
    person("UMEI", "mei", "Mei Tanaka", "Database engineer", "#5f7a12"),
    person(BOT, "opstream", "OpStream", "", "#0f766e"),
]

COMPLETIONS = [
    ("start", "start <workflow> [k=v …]", "Start a workflow and follow it in a thread."),
    ("status", "status [run]", "Say where a run is, what is done and how long is left."),
    ("history", "history [filter]", "List the runs that ended, and how."),
    ("help", "help [verb]", "Explain a verb, with examples."),
]


def message(user: str, text: str, *, at: float | None = None, **more: Any) -> Frame:
    ts = f"{START + (at if at is not None else next(_ticks)):.6f}"
    bot = {"bot_id": "BOPS", "app_id": "AOPS"} if user == BOT else {}
    return {"type": "message", "ts": ts, "user": user, "text": text, **bot, **more}


def channel(id_: str, name: str, topic: str) -> Frame:
    members = [p["id"] for p in PEOPLE]
    return {"id": id_, "name": name, "kind": "channel", "topic": topic, "members": members}


def direct(id_: str, user: str) -> Frame:
    return {"id": id_, "name": user, "kind": "im", "topic": "", "user": user, "members": [user]}


def talk() -> dict[str, list[Frame]]:
    """Return a morning's messages: a run with its thread, and people around it."""
    root = message(BOT, "Profiling *checkout* for 2 minutes.", at=600)
    thread = {"thread_ts": root["ts"], "parent_visible": False}
    return {
        TEAM: [
            message("UBEN", "Good morning! Checkout feels slow since the deploy.", at=0),
            message("UBEN", "Can somebody have a look? <@UANA>", at=20, reactions=[thumbs("UANA")]),
            message("UANA", "On it :eyes:", at=60, edited={"user": "UANA", "ts": str(START + 70)}),
            root,
            message(BOT, "Metrics are in: p95 is *840 ms*.", at=640, **thread),
            message("UANA", "That is four times the usual.", at=700, **thread),
            message("UMEI", "I see lock waits in `orders`. Details in <#CDEPLOYS>.", at=1300),
        ],
        DEPLOYS: [message("UMEI", f"Deploy {n} is out.", at=n) for n in range(1, 4)],
        DIRECT: [message("UBEN", "Coffee later?", at=30)],
        APP_DIRECT: [],
    }


def thumbs(*users: str) -> Frame:
    return {"name": "+1", "users": list(users), "count": len(users)}


def snapshot(me: str = "UANA") -> Frame:
    """Return the first frame of a connection, as `me` sees the workspace."""
    return {
        "type": "snapshot",
        "workspace": {"id": "T1", "name": "Harbour Shop"},
        "me": next(p for p in PEOPLE if p["id"] == me),
        "people": PEOPLE,
        "app": {
            "app_id": "AOPS",
            "name": "OpStream",
            "user_id": BOT,
            "connected": True,
            "commands": [
                {"command": "/opstream", "description": "Ask OpStream", "usage_hint": "help"},
                {
                    "command": "/profile",
                    "description": "Profile a service",
                    "usage_hint": "checkout",
                },
            ],
            "completions": [
                {"text": f"/opstream {verb}", "usage": usage, "description": words}
                for verb, usage, words in COMPLETIONS
            ],
        },
        "channels": [
            channel(TEAM, "ops", "What runs, what broke, who is on call"),
            channel(DEPLOYS, "deploys", "Every deploy"),
            direct(DIRECT, "UBEN"),
            direct(APP_DIRECT, BOT),
        ],
        "messages": talk(),
        "ephemerals": [],
        "views": [],
        "home": None,
        "unread": {DEPLOYS: 2},
        "mentions": {DEPLOYS: 1},
        "unread_threads": {},
    }
