"""Who is in the workspace: the four people to be, the app, Slackbot, and one user group."""

from dataclasses import dataclass
from typing import Literal

from opstream.playground.slack.wire import Json

TEAM_ID = "T0PLAYGRND"
TEAM_NAME = "Playground"
TEAM_DOMAIN = "playground"
APP_ID = "A0OPSTREAM"
APP_USER = "U0OPSTREAM"
BOT_ID = "B0OPSTREAM"
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a user id: a person, the app, or Slackbot."""

    id: str
    name: str
    real_name: str
    title: str
    color: str
    kind: Literal["person", "app", "system"] = "person"
    is_admin: bool = False
    # Zones without daylight saving, so that the offset beside them is always true.
    tz: str = "Etc/UTC"
    tz_label: str = "Coordinated Universal Time"
    tz_offset: int = 0


@dataclass(frozen=True, slots=True)
class UserGroup:
    """People who can be mentioned together."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


PEOPLE = (
    Person(
        id="U0ANA00001",
        name="ana",
        real_name="Ana Silva",
        title="On-call engineer",
        color="#2f7d6b",
        tz="America/Sao_Paulo",
        tz_label="Brasilia Time",
        tz_offset=-10800,
    ),
    Person(
        id="U0BO000001",
        name="bo",
        real_name="Bo Chen",
        title="Engineering manager",
        color="#3b5fa8",
        tz="Asia/Singapore",
        tz_label="Singapore Standard Time",
        tz_offset=28800,
    ),
    Person(
        id="U0CLEO0001",
        name="cleo",
        real_name="Cleo Ndiaye",
        title="Platform lead",
        color="#8a4b9c",
        is_admin=True,
        tz="Africa/Dakar",
        tz_label="Greenwich Mean Time",
        tz_offset=0,
    ),
    Person(
        id="U0DAN00001",
        name="dan",
        real_name="Dan Ruiz",
        title="Support",
        color="#b05a2c",
        tz="America/Bogota",
        tz_label="Colombia Standard Time",
        tz_offset=-18000,
    ),
)

SYSTEM = Person(
    id=SLACKBOT,
    name="slackbot",
    real_name="Slackbot",
    title="Tells you what the playground is",
    color="#5b6770",
    kind="system",
)

GROUPS = (
    UserGroup("S0ONCALL01", "oncall", "On call", ("U0ANA00001", "U0CLEO0001")),
    UserGroup("S0APPROVE1", "approvers", "Approvers", ("U0BO000001", "U0CLEO0001")),
)


def app_person(display_name: str) -> Person:
    """Return the app's bot user under the name its manifest gives it."""
    return Person(
        id=APP_USER,
        name=display_name.lower().replace(" ", ""),
        real_name=display_name,
        title="App",
        color="#4a4e69",
        kind="app",
    )


def as_page(person: Person) -> Json:
    """Return a person in the shape of the page protocol."""
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "title": person.title,
        "color": person.color,
        "initials": "".join(word[0] for word in person.real_name.split()[:2]).upper(),
        "is_admin": person.is_admin,
        "is_bot": person.kind != "person",
        "tz": person.tz,
        "tz_offset": person.tz_offset,
    }


def as_user(person: Person) -> Json:
    """Return a person as Slack's user object (`users.info`), without the fields that need more scopes."""
    profile: Json = {
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": person.real_name.split()[0],
        "last_name": person.real_name.split()[-1],
        "team": TEAM_ID,
        "status_text": "",
        "status_emoji": "",
    }
    if person.kind == "app":
        profile |= {"api_app_id": APP_ID, "bot_id": BOT_ID, "always_active": True}
    return {
        "id": person.id,
        "team_id": TEAM_ID,
        "name": person.name,
        "deleted": False,
        "color": person.color.lstrip("#"),
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz_label,
        "tz_offset": person.tz_offset,
        "profile": profile,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.kind == "app",  # Slack says false of Slackbot
        "is_app_user": False,
        "updated": 0,
    }


def as_usergroup(group: UserGroup) -> Json:
    """Return a group as `usergroups.list` does, its members included."""
    return {
        "id": group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "auto_type": None,
        "user_count": len(group.users),
        "users": list(group.users),
    }
