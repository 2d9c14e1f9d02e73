"""Tried: short and long ways to write credentials, names that are taken, secrets in wrong places, odd values."""

import pytest

from config.settings import SettingsError, load
from opstream.adapters.secrets import Secrets
from opstream.bootstrap import apis
from opstream.bootstrap.wiring import SystemClock


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "config").mkdir()

    def reading(text, **environment):
        (tmp_path / "config" / "apis.yaml").write_text(text)
        return load(environment, tmp_path)

    return reading


def test_an_api_is_read_as_it_is_written(settings):
    read = settings(
        """
        apis:
          pets:
            description: https://pets.example/openapi.json
            auth: {key: "${PETS}", login: {username: ana, password: secret:PW}}
            headers: {Authorization: Bearer abc-def}
            only: issues
            pages: 3
            at_once: 2
        results: {pets.list_pets: 5m}
        composio: {toolkits: [github]}
        """,
        PETS="pets-token",
        COMPOSIO_API_KEY="ak_1",
    )

    api = apis.api("pets", read.apis.apis["pets"])

    assert api.credentials["key"].token == "pets-token"
    assert api.credentials["login"].password == "secret:PW"
    assert (api.only, api.pages) == (("issues",), 3)
    assert apis.at_once(read) == {"pets": 2}
    assert {"pets-token", "abc-def", "ak_1"} <= set(read.secrets())
    assert "secret:PW" not in read.secrets()
    assert "pets-token" not in repr(api)
    (composio,) = apis.reached(read, SystemClock(), Secrets({})).servers
    assert composio.name == "composio"


def test_without_a_key_or_when_told_so_composio_is_left_alone(settings):
    clock = SystemClock()

    assert apis.reached(settings("apis: {}"), clock, Secrets({})).servers == ()
    told = settings("composio: {enabled: false}", COMPOSIO_API_KEY="ak_1")
    assert apis.reached(told, clock, Secrets({})).servers == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("apis: {pets: {url: 'https://x.example'}}", "It needs a `description`"),
        ("apis: {data: {description: a.yaml}}", "an API `data`, and other operations begin"),
        ("apis: {Pets: {description: a.yaml}}", "is not a name that can be used"),
        ("apis: {pets: {description: a.yaml, auth: {key: {tokn: x}}}}", "Did you mean `token`?"),
        ("apis: {pets: {description: a.yaml, pages: 0}}", "Write a number above 0"),
        ("results: {pets.list: 90d}", "more than 30 days"),
        ("results: {pets.list: soon}", "Write lines such as `github.list_issues: 10m`"),
    ],
)
def test_what_cannot_be_used_is_said_with_what_to_write(settings, text, said):
    with pytest.raises(SettingsError) as refused:
        settings(text)

    assert said in str(refused.value)


def test_a_credential_that_is_no_text_is_not_shown(settings):
    with pytest.raises(SettingsError) as refused:
        settings("apis: {pets: {description: a.yaml, auth: {key: {token: 12345678}}}}")

    assert "12345678" not in str(refused.value)
