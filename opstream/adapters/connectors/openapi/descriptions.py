"""Where descriptions are read: files and addresses. What was understood last is kept for when one is away."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from urllib.parse import urljoin

from opstream.adapters.connectors.openapi.document import MOST_BYTES, mapping, parsed
from opstream.adapters.connectors.openapi.http import Http, NoAnswer, NotSent, TooLarge
from opstream.adapters.connectors.openapi.requests import Pairs, Request, origin
from opstream.adapters.connectors.openapi.settings import Api
from opstream.domain.values import JsonObject
from opstream.errors import BadInput

_MOST_REDIRECTS = 5
_SECONDS = 60


class Away(BadInput):
    """A description cannot be fetched now; it is tried again."""


@dataclass(frozen=True, slots=True)
class Description:
    """A description as it was read.

    Args:
        why_old: Why it is the copy of an earlier time; empty when it is not.
    """

    document: JsonObject
    why_old: str = ""


class Descriptions:
    """Reads descriptions.

    Args:
        beside: The folder in which relative files are looked for.
        copies: The folder in which it is kept what they said last.
    """

    def __init__(self, http: Http, beside: Path, copies: Path) -> None:
        self._http = http
        self._beside = beside
        self._copies = copies

    async def read(self, api: Api, headers: Pairs = ()) -> Description:
        """Return the description of an API.

        Args:
            headers: Sent with the request, to the API's own origin only.

        Raises:
            Away: it cannot be fetched now, and there is no copy.
            BadInput: it cannot be used.
        """
        if not api.is_remote:
            return Description(await asyncio.to_thread(self._of_file, api))
        own = headers if api.url and origin(api.url) == origin(api.description) else ()
        try:
            async with asyncio.timeout(_SECONDS):
                text = await self._fetched(api.description, own)
        except (Away, TimeoutError) as error:
            why = str(error) or f"it did not come within {_SECONDS} s"
            kept = await asyncio.to_thread(self._copy, api)
            if kept is None:
                raise Away(
                    f"Its description cannot be fetched from {api.description}: {why}"
                ) from error
            return Description(kept, why)
        where = f"What {api.description} answers"
        return Description(await asyncio.to_thread(self._understood, api, text, where))

    def _of_file(self, api: Api) -> JsonObject:
        path = self._beside / Path(api.description).expanduser()
        try:
            if path.stat().st_size > MOST_BYTES:
                raise BadInput(f"Its description {path} is larger than {MOST_BYTES // 10**6} MB")
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError as error:
            raise BadInput(
                f"There is no file {path}. Mend `description` in config/apis.yaml"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"Its description {path} cannot be read: {error}") from error
        return self._understood(api, text, f"Its description {path}")

    async def _fetched(self, url: str, headers: Pairs) -> str:
        for _ in range(_MOST_REDIRECTS):
            try:
                response = await self._http.send(Request("GET", url, headers=headers), MOST_BYTES)
            except (NotSent, NoAnswer) as error:
                raise Away(str(error)) from error
            except TooLarge as error:
                raise Away(f"it is larger than {MOST_BYTES // 10**6} MB") from error
            if response.status < 300:
                return response.content.decode("utf-8-sig", "replace")
            if "location" not in response.headers or response.status >= 400:
                raise Away(f"it answered with HTTP {response.status}")
            before, url = url, urljoin(url, response.headers["location"])
            headers = headers if origin(before) == origin(url) else ()
        raise Away("it leads from one address to the next")

    def _understood(self, api: Api, text: str, where: str) -> JsonObject:
        """Return what a text says; what was understood before need not be again: YAML takes its time."""
        digest = sha256(text.encode(errors="replace")).hexdigest()
        kept = self._kept(api)
        if kept.get("digest") == digest:
            return mapping(kept.get("description"))
        document = parsed(text, where)
        copy = {"from": api.description, "digest": digest, "description": document}
        with suppress(OSError):  # without a copy it is read again next time
            self._copies.mkdir(parents=True, exist_ok=True)
            unfinished = self._copies / f".{api.name}.{token_hex(4)}"
            unfinished.write_text(json.dumps(copy))
            unfinished.replace(self._copies / f"{api.name}.json")
        return document

    def _copy(self, api: Api) -> JsonObject | None:
        kept = self._kept(api)
        return mapping(kept.get("description")) or None

    def _kept(self, api: Api) -> JsonObject:
        """Return the copy of what was understood last, if it is of the same address or file."""
        try:
            kept = mapping(json.loads((self._copies / f"{api.name}.json").read_text()))
        except (OSError, ValueError):
            return {}
        return kept if kept.get("from") == api.description else {}
