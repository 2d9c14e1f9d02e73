"""Settings come from four places, and every fault is told at once with its place and remedy."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from config.faults import SettingsError
from config.settings import PROJECT, Settings, load
from config.values import Frequency, QuietHours

OLDER_SLACK_FILE = """\
bot: {token: "${SLACK_BOT_TOKEN}", signing_secret: "${SLACK_SIGNING_SECRET}"}
channels: {default: "#ops-alerts", critical: "#incidents"}
notifications: {quiet_hours: "22:00-08:00", timezone: "UTC", max_frequency: "1/hour"}
"""
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-bot", "SLACK_APP_TOKEN": "xapp-1-app"}


def project(folder: Path, **files: str) -> Path:
    """Make a project folder; `opstream=...` is the text of config/opstream.yaml."""
    (folder / "config").mkdir()
    for name, text in files.items():
        (folder / "config" / f"{name}.yaml").write_text(text)
    return folder


def faults(folder: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(environ or {}, folder)
    return [str(fault) for fault in caught.value.faults]


def test_an_empty_project_has_the_defaults(tmp_path):
    settings = load({}, project(tmp_path))

    assert settings.in_playground
    assert settings.data_dir == tmp_path / ".opstream"
    assert settings.workflow_dirs == (tmp_path / "config/workflows",)
    assert settings.playground.port == 3333
    assert settings.runs.step_timeout == timedelta(minutes=2)
    assert settings.database.durability == "full"
    assert settings.roles.default == ("viewer",)


def test_the_environment_goes_before_the_env_file_and_that_before_yaml(tmp_path):
    folder = project(tmp_path, opstream="playground: {port: 1}\nlog: {level: debug}\n")
    (folder / ".env").write_text("OPSTREAM_PORT=2\nexport OPSTREAM_LOG='warning' # quiet\n")

    from_file = load({}, folder)
    from_environment = load({"OPSTREAM_PORT": "3"}, folder)

    assert (from_file.playground.port, from_file.log.level) == (2, "warning")
    assert from_environment.playground.port == 3


def test_an_empty_variable_counts_as_unset(tmp_path):
    settings = load({"OPSTREAM_PORT": "", "SLACK_BOT_TOKEN": ""}, project(tmp_path))

    assert settings.playground.port == 3333
    assert settings.in_playground


def test_the_older_slack_file_loads_as_it_stands(tmp_path):
    folder = project(tmp_path, slack=OLDER_SLACK_FILE)

    slack = load(TOKENS | {"SLACK_SIGNING_SECRET": "s3cret"}, folder).slack

    assert slack.connected
    assert slack.bot_token.get_secret_value() == "xoxb-1-bot"
    assert slack.signing_secret.get_secret_value() == "s3cret"
    assert (slack.default_channel, slack.critical_channel) == ("#ops-alerts", "#incidents")
    assert slack.notifications.quiet_hours == QuietHours(time(22), time(8))
    assert slack.notifications.max_frequency == Frequency(1, timedelta(hours=1))


def test_variables_that_are_unset_count_as_absent(tmp_path):
    folder = project(tmp_path, slack=OLDER_SLACK_FILE)

    settings = load({}, folder)

    assert settings.slack.bot_token is None
    assert settings.in_playground


def test_a_variable_may_name_what_holds_without_it(tmp_path):
    folder = project(tmp_path, slack='channels: {default: "#${TEAM:-ops}-alerts"}\n')

    assert load({}, folder).slack.default_channel == "#ops-alerts"
    assert load({"TEAM": "web"}, folder).slack.default_channel == "#web-alerts"


@pytest.mark.parametrize(
    ("given", "missing"),
    [("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"), ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN")],
)
def test_one_token_without_the_other_names_the_missing_one(tmp_path, given, missing):
    (fault,) = faults(project(tmp_path, slack=OLDER_SLACK_FILE), {given: TOKENS[given]})

    assert fault.startswith(f"{given} is set, but {missing} is missing")
    assert f"Set {missing}" in fault
    assert TOKENS[given] not in fault


SIGNED = {"OPSTREAM_SLACK_DELIVERY": "http", "SLACK_SIGNING_SECRET": "s", "OPSTREAM_HTTP_PORT": "1"}
APP = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({**TOKENS, "OPSTREAM_SLACK_DELIVERY": "http"}, "SLACK_SIGNING_SECRET is missing"),
        (SIGNED, "no workspace can be served"),
        ({**TOKENS, "SLACK_CLIENT_ID": "1.2"}, "belong together, and one of them is missing"),
        ({**TOKENS, **APP}, "it has no port"),
        ({**SIGNED, **TOKENS, "OPSTREAM_HTTP_PORT": ""}, "it has no port"),
    ],
)
def test_what_http_delivery_lacks_is_said(tmp_path, given, words):
    (fault,) = faults(project(tmp_path), given)

    assert words in fault


@pytest.mark.parametrize("given", [{**SIGNED, **TOKENS}, {**SIGNED, **APP}])
def test_http_delivery_serves_one_workspace_or_those_that_install_the_app(tmp_path, given):
    assert load(given, project(tmp_path)).slack.connected


def test_swapped_tokens_are_told(tmp_path):
    swapped = {"SLACK_BOT_TOKEN": "xapp-1", "SLACK_APP_TOKEN": "xoxb-1"}

    assert faults(project(tmp_path), swapped) == [
        "SLACK_BOT_TOKEN holds what belongs into SLACK_APP_TOKEN: it begins with xapp-. "
        "Swap the two."
    ]


def test_all_faults_come_at_once_with_place_and_remedy(tmp_path):
    folder = project(
        tmp_path,
        opstream="runs:\n  step_timeout: soon\n  calls_at_onse: 3\nplayground: {port: 70000}\n",
        slack="bot: {tokn: x}\nnotifications:\n  timezone: Mars/Base\n  quiet_hours: at night\n",
        roles="people:\n  U1: [captain]\n",
        mcp="servers:\n  one: {args: [a]}\n  two: {command: x, timeout: -1}\n",
    )

    assert faults(folder, {"OPSTREAM_LOG": "loud", "SLACK_API_URL": "nowhere"}) == [
        "config/mcp.yaml:2: `servers.one`: It needs exactly one of `command` (a program to start) "
        "and `url` (an address). Keep the one that reaches the server.",
        "config/mcp.yaml:3: `servers.two.timeout`: This is not a length of time. "
        "Write a time such as `30s`.",
        "config/opstream.yaml:2: `runs.step_timeout`: This is not a length of time. "
        "Write a length of time such as `2m`, `90s` or `1h30m`.",
        "config/opstream.yaml:3: `runs.calls_at_onse`: There is no such setting. "
        "Did you mean `calls_at_once`?",
        "config/opstream.yaml:4: `playground.port`: `70000` is too big. "
        "Write a port from 0 to 65535.",
        "config/roles.yaml:2: `people.U1`: `captain` is not one of the choices. Write lines such as "
        "`U0BO000001: [approver]`; the roles are viewer, operator, approver and admin.",
        "config/slack.yaml:1: `bot.tokn`: There is no such setting. Did you mean `token`?",
        "config/slack.yaml:3: `notifications.timezone`: There is no time zone 'Mars/Base'. "
        "Write an IANA name such as `Europe/Berlin`.",
        "config/slack.yaml:4: `notifications.quiet_hours`: These are not quiet hours. "
        "Write `22:00-08:00`.",
        "environment: `OPSTREAM_LOG`: `loud` is not one of the choices. "
        "Write `debug`, `info` or `warning`.",
        "environment: `SLACK_API_URL`: This is not an http(s) address. "
        "Write an address such as `http://127.0.0.1:3333/api/`.",
    ]


def test_a_secret_never_stands_in_a_fault(tmp_path):
    folder = project(tmp_path, slack="bot: {token: [xoxb-very-secret]}\n")

    (fault,) = faults(folder)

    assert "very-secret" not in fault
    assert "The value is not a text" in fault


def test_broken_yaml_names_the_line(tmp_path):
    (fault,) = faults(project(tmp_path, opstream="runs:\n  step_timeout: '2m\n"))

    assert fault.startswith("config/opstream.yaml:3: This is not valid YAML")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n- b\n", "config/opstream.yaml:1: The file is not a list of keys."),
        ("log: loud\n", "config/opstream.yaml:1: `log`: `loud` is not a group of keys"),
        ("log: {level: info}\nlog: {level: debug}\n", "config/opstream.yaml:2: `log`: It is writ"),
        ("config_dir: elsewhere\n", "config/opstream.yaml:1: `config_dir`: It cannot be set in a"),
        ("a: &a {b: *a}\n", "config/opstream.yaml: This is not valid YAML"),
        ("log: {level: 2026-99-99}\n", "config/opstream.yaml: This is not valid YAML"),
    ],
)
def test_odd_files_are_told_and_not_guessed(tmp_path, text, told):
    assert any(fault.startswith(told) for fault in faults(project(tmp_path, opstream=text)))


def test_a_broken_env_file_names_the_line(tmp_path):
    folder = project(tmp_path)
    (folder / ".env").write_text("# mine\nOPSTREAM_PORT 3\n")

    assert faults(folder) == [".env:2: This is not a setting. Write `NAME=value`."]


def test_a_missing_folder_of_settings_is_told(tmp_path):
    (fault,) = faults(project(tmp_path), {"OPSTREAM_CONFIG": "elsewhere"})

    assert fault == (
        f"environment: `OPSTREAM_CONFIG`: There is no folder {tmp_path}/elsewhere. "
        "Name the folder with the YAML files."
    )


def test_another_folder_of_settings_brings_its_own_workflows(tmp_path):
    folder = project(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "opstream.yaml").write_text("playground: {port: 0}\n")

    settings = load({"OPSTREAM_CONFIG": "mine"}, folder)

    assert settings.playground.port == 0
    assert settings.workflow_dirs == (tmp_path / "mine/workflows",)


def test_a_misspelt_variable_is_noted_and_harms_nothing(tmp_path):
    settings = load({"OPSTREAM_PROT": "1", "OPSTREAM_SOMETHING_ELSE": "2"}, project(tmp_path))

    assert settings.notes == ("OPSTREAM_PROT is not a setting. Did you mean OPSTREAM_PORT?",)


def test_a_secret_in_a_file_is_noted(tmp_path):
    folder = project(tmp_path, slack="bot: {token: xoxb-1, app_token: '${SLACK_APP_TOKEN}'}\n")

    settings = load({"SLACK_APP_TOKEN": "xapp-1"}, folder)

    assert settings.notes == (
        "config/slack.yaml:1: `bot.token` is a secret written into a file. "
        "Keep it in the environment and write `${SLACK_BOT_TOKEN}` here.",
    )


def test_placeholders_and_variables_reach_a_server(tmp_path):
    text = """\
servers:
  near:
    command: "{python}"
    args: ["--state", "{data}/near", "{project}", "{\\"json\\": 1}"]
    env: {A: "${A}", B: "${B}"}
    reads: look
  far: {url: "https://tools.example.com/mcp", headers: {Authorization: "Bearer ${A}"}}
aliases: {look: near.look}
"""
    settings = load({"A": "alpha-value", "OPSTREAM_DATA": "d"}, project(tmp_path, mcp=text))
    near, far = settings.mcp.servers["near"], settings.mcp.servers["far"]

    assert near.args == ("--state", f"{tmp_path}/d/near", f"{tmp_path}", '{"json": 1}')
    assert near.env == {"A": "alpha-value"}
    assert near.cwd == tmp_path
    assert near.reads == ("look",)
    assert far.headers == {"Authorization": "Bearer alpha-value"}
    assert "alpha-value" not in repr(settings)
    assert "Bearer alpha-value" in settings.secrets()


def test_an_alias_must_lead_to_a_server(tmp_path):
    (fault,) = faults(project(tmp_path, mcp="aliases: {look: near.look}\n"))

    assert "there is no server 'near'" in fault


def test_the_shipped_files_say_what_the_defaults_say(tmp_path):
    shipped, bare = load({}, PROJECT), load({}, project(tmp_path))

    for part in ("playground", "runs", "database", "workers", "http", "log"):
        assert getattr(shipped, part) == getattr(bare, part)
    assert shipped.notes == ()


def test_the_tree_is_frozen(tmp_path):
    settings: Settings = load({}, project(tmp_path))

    with pytest.raises(ValueError, match="frozen"):
        settings.playground.port = 1


def test_tokens_are_never_shown(tmp_path):
    settings = load(TOKENS, project(tmp_path))

    assert "xoxb-1-bot" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert settings.secrets() == ("xoxb-1-bot", "xapp-1-app")
