"""Tried against a real server: each kind of scheme, choices, tokens that end, secrets that lack or would leak."""

import base64

import pytest
from starlette.responses import JSONResponse

from opstream.adapters.connectors.openapi.settings import Credentials
from opstream.domain.operation import Health
from opstream.errors import OperationFailed
from tests.adapters.connectors.descriptions import described, get

PETS = {"/pets": get("pets")}
KEY = Credentials(token="secret:PET_KEY")


def secured(url, schemes, security, paths=PETS):
    return described(url, paths, components={"securitySchemes": schemes}, security=security)


def asked_for(asked):
    return asked.headers.get("authorization") or asked.headers.get("cookie") or asked.query


BEARER = {"type": "http", "scheme": "bearer"}
BASIC = {"type": "http", "scheme": "basic"}


@pytest.mark.parametrize(
    ("scheme", "credentials", "shown"),
    [
        ({"type": "apiKey", "in": "query", "name": "k"}, KEY, [("k", "pet-key-93847")]),
        ({"type": "apiKey", "in": "cookie", "name": "k"}, KEY, "k=pet-key-93847"),
        ({"type": "apiKey", "in": "header", "name": "Authorization"}, KEY, "pet-key-93847"),
        (BEARER, KEY, "Bearer pet-key-93847"),
        (
            BASIC,
            Credentials(username="ana", password="secret:PET_SECRET"),
            f"Basic {base64.b64encode(b'ana:client-secret-5521').decode()}",
        ),
        ({"type": "openIdConnect", "openIdConnectUrl": "/x"}, KEY, "Bearer pet-key-93847"),
        ({"type": "oauth2", "flows": {}}, KEY, "Bearer pet-key-93847"),
    ],
)
async def test_each_kind_of_scheme_is_shown_as_it_wants(house, service, scheme, credentials, shown):
    service.answers["GET /pets"] = []
    document = secured(service.url, {"s": scheme}, [{"s": []}])
    operations = await house.ready(document, credentials={"s": credentials})

    await house.call(operations, "pets.pets")

    assert asked_for(service.asked[0]) == shown


async def test_of_several_choices_the_one_with_credentials_is_taken(house, service):
    service.answers["GET /pets"] = []
    schemes = {"a": BEARER, "b": {"type": "apiKey", "in": "header", "name": "X-B"}, "c": BASIC}
    document = secured(service.url, schemes, [{}, {"a": [], "c": []}, {"b": []}])
    operations = await house.ready(document, credentials={"b": KEY, "a": KEY})

    await house.call(operations, "pets.pets")

    assert service.asked[0].headers["x-b"] == "pet-key-93847"
    assert "authorization" not in service.asked[0].headers


def token_service(service, lasts=3600):
    tokens = []

    def answer(asked):
        tokens.append(f"token-{len(tokens) + 1}")
        return {"access_token": tokens[-1], "token_type": "bearer", "expires_in": lasts}

    service.answers["POST /token"] = answer
    service.answers["GET /pets"] = []
    flows = {"clientCredentials": {"tokenUrl": "/token", "scopes": {"read": ""}}}
    return secured(service.url, {"o": {"type": "oauth2", "flows": flows}}, [{"o": ["read"]}])


CLIENT = {"o": Credentials(client_id="bot", client_secret="secret:PET_SECRET")}


async def test_a_token_is_fetched_once_and_again_when_it_ends(house, service):
    operations = await house.ready(token_service(service), credentials=CLIENT)

    for seconds in (0, 3500, 3600):
        house.clock[0] = float(seconds)
        await house.call(operations, "pets.pets")

    assert [one.body for one in service.of("/token")] == [
        b"grant_type=client_credentials&scope=read"
    ] * 2
    pair = base64.b64encode(b"bot:client-secret-5521").decode()
    assert service.of("/token")[0].headers["authorization"] == f"Basic {pair}"
    used = [one.headers["authorization"] for one in service.of("/pets")]
    assert used == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


async def test_a_token_that_is_not_taken_any_more_is_renewed_once(house, service):
    document = token_service(service)
    service.answers["GET /pets"] = lambda asked: (
        JSONResponse({}, 401) if asked.headers["authorization"] == "Bearer token-1" else ["Rex"]
    )
    operations = await house.ready(document, credentials=CLIENT)

    assert await house.call(operations, "pets.pets") == ["Rex"]

    service.answers["GET /pets"] = lambda asked: JSONResponse({}, 401)
    with pytest.raises(OperationFailed, match="Check what stands under `auth`"):
        await house.call(operations, "pets.pets")
    assert len(service.of("/token")) == 3


async def test_a_client_that_must_name_itself_in_the_form_does(house, service):
    document = token_service(service)
    service.answers["POST /token"] = lambda asked: (
        {"access_token": "t"}
        if b"client_secret=client-secret-5521" in asked.body
        else JSONResponse({"error": "invalid_client"}, 401)
    )
    operations = await house.ready(document, credentials=CLIENT)

    assert await house.call(operations, "pets.pets") == []


@pytest.mark.parametrize(("status", "retryable"), [(400, False), (503, True)])
async def test_where_no_token_can_be_had_nothing_is_called(house, service, status, retryable):
    document = token_service(service)
    error = {"error": "invalid_scope", "error_description": "Not for you"}
    service.answers["POST /token"] = lambda asked: JSONResponse(error, status)
    operations = await house.ready(document, credentials=CLIENT)

    with pytest.raises(OperationFailed, match="no token could be fetched") as failed:
        await house.call(operations, "pets.pets")

    assert str(failed.value).endswith(f"(HTTP {status}): Not for you.")
    assert failed.value.retryable is retryable
    assert failed.value.outcome_known
    assert service.of("/pets") == []


async def test_a_secret_that_a_service_quotes_is_masked(house, service):
    service.answers["GET /pets"] = lambda asked: JSONResponse(
        {"message": f"bad {asked.headers['authorization']}"}, 403
    )
    document = secured(service.url, {"s": BEARER}, [{"s": []}])
    operations = await house.ready(document, credentials={"s": KEY})

    with pytest.raises(OperationFailed) as failed:
        await house.call(operations, "pets.pets")

    assert "pet-key-93847" not in str(failed.value)
    assert "bad Bearer •••" in str(failed.value)


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        (
            {"s": Credentials(token="secret:GONE")},
            "needs the secret `GONE`. Set `OPSTREAM_SECRET_GONE`",
        ),
        ({"t": KEY}, "knows no security scheme `t`; it has `s`"),
        ({"s": Credentials(username="ana")}, "`auth.s` needs a `token`"),
    ],
)
async def test_credentials_that_do_not_fit_are_told_and_nothing_is_called(
    house, service, credentials, said
):
    document = secured(service.url, {"s": BEARER}, [{"s": []}])
    operations = await house.ready(document, credentials=credentials)

    (health,) = operations.sources()
    assert said in health.sentence
    assert [one.name for one in health.operations] == ["pets.pets"]
    with pytest.raises(OperationFailed) as failed:
        await house.call(operations, "pets.pets")
    assert said in str(failed.value)
    assert service.asked == []


async def test_a_missing_secret_counts_as_missing(house, service):
    source = house.source(
        secured(service.url, {"s": BEARER}, [{"s": []}]),
        credentials={"s": Credentials(token="secret:GONE")},
    )

    assert (await source.settled()).health is Health.MISSING


async def test_secrets_go_where_the_settings_say_and_not_where_a_description_does(
    house, service, elsewhere
):
    document = secured(elsewhere.url, {"s": BEARER}, [{"s": []}])
    service.answers["GET /openapi.json"] = document
    elsewhere.answers["GET /pets"] = []
    where = f"{service.url}/openapi.json"

    source = house.source(where, credentials={"s": KEY})
    health = await source.settled()
    allowed = await house.ready(where, credentials={"s": KEY}, url=elsewhere.url)
    await house.call(allowed, "pets.pets")

    assert f"write `url: {elsewhere.url}`" in health.sentence
    assert len(elsewhere.asked) == 1


async def test_a_description_cannot_have_a_secret_sent_to_a_token_address_elsewhere(
    house, service, elsewhere
):
    document = token_service(service)
    flow = document["components"]["securitySchemes"]["o"]["flows"]["clientCredentials"]
    flow["tokenUrl"] = f"{elsewhere.url}/token"
    service.answers["GET /openapi.json"] = document

    source = house.source(f"{service.url}/openapi.json", credentials=CLIENT)

    assert f"write `token_url: {elsewhere.url}/token`" in (await source.settled()).sentence
    assert elsewhere.asked == []


async def test_an_operation_with_a_server_of_its_own_elsewhere_gets_no_credentials(
    house, service, elsewhere
):
    elsewhere.answers["GET /pets"] = []
    paths = {"/pets": get("pets", servers=[{"url": elsewhere.url}])}
    document = secured(service.url, {"s": BEARER}, [{"s": []}], paths)
    operations = await house.ready(document, credentials={"s": KEY}, headers={"X-Key": "abc"})

    await house.call(operations, "pets.pets")

    assert not {"authorization", "x-key"} & elsewhere.asked[0].headers.keys()
