"""What the next page of a list is, and the pages put together. Pure.

An answer says it in one of many ways: a `Link` header (RFC 8288), the address of the next page, a cursor, or a
sign that there is more beside a page's number or an offset. Who asks for a certain page gets that page alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from opstream.adapters.connectors.openapi.document import listed, mapping, text_of
from opstream.adapters.connectors.openapi.inputs import Field, Place
from opstream.domain.values import Json, JsonObject

_READING = {"GET", "QUERY"}
_CURSORS = {
    "cursor", "startcursor", "pagetoken", "nexttoken", "nextpagetoken", "continuationtoken", "after",
    "startingafter", "nextcursor", "continue",
}  # fmt: skip
_NUMBERS = {"page", "pagenumber", "pageno", "pageindex", "pagenum"}
_OFFSETS = {"offset", "skip", "startat", "start", "startindex"}
_SIZES = {
    "perpage",
    "pagesize",
    "pagelimit",
    "limit",
    "maxresults",
    "count",
    "size",
    "top",
    "first",
}
_WHOLE = {"limit", "maxresults", "count", "top", "first"}
_SAYS_NEXT = ("next", "nexturl", "nextlink", "nextpageurl", "odatanextlink", "nexthref")
_SAYS_CURSOR = {"nextcursor", "nextpagetoken", "nexttoken", "continuationtoken", "endcursor"}
_SAYS_MORE = {"hasmore", "more", "hasnextpage", "hasnext", "morepages", "istruncated"}
_SAYS_PAGES = {"totalpages", "pagecount", "lastpage", "pages"}
_SAYS_TOTAL = {"total", "totalcount", "totalresults", "totalitems"}
_INSIDE = (
    "links", "_links", "paging", "pagination", "meta", "metadata", "response_metadata", "page_info",
    "pageinfo", "page", "cursors",
)  # fmt: skip
_LISTS = ("items", "results", "data", "values", "entries", "records", "list", "rows")
_LINK = re.compile(r'<([^>]*)>\s*((?:;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^,;]+)\s*)*)')
_REL = re.compile(r';\s*rel\s*=\s*"?([^";]+)"?', re.I)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer.

    Args:
        url: Where it came from.
        link: Its `Link` header.
        number: How many pages came before it.
        before: How many items came before it.
    """

    url: str
    body: Json
    link: str = ""
    number: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Next:
    """How to ask for the next page: by its address, or by names of the query said anew."""

    url: str = ""
    query: tuple[tuple[str, str], ...] = ()


def is_paged(method: str, fields: Sequence[Field]) -> bool:
    """Whether an operation takes what tells one page from another."""
    named = {_plain(one.name) for one in _in_query(fields)}
    return method in _READING and bool(named & (_CURSORS | _NUMBERS | _OFFSETS))


def pages_on(method: str, fields: Sequence[Field], arguments: Mapping[str, Json]) -> bool:
    """Whether further pages are wanted: not where a page, or so many items, are asked for."""
    if method not in _READING:
        return False
    said = {
        _plain(one.name) for one in _in_query(fields) if arguments.get(one.argument) is not None
    }
    return not said & (_CURSORS | _NUMBERS | _OFFSETS | _WHOLE)


def following(page: Page, fields: Sequence[Field], arguments: Mapping[str, Json]) -> Next | None:
    """Return how to ask for the page after one, or None after the last.

    Args:
        fields: What the operation takes.
        arguments: What the first page was asked for with.
    """
    if url := _linked(page.link):
        return Next(url=urljoin(page.url, url))
    said = _said(page.body)
    for name in _SAYS_NEXT:
        value = said.get(name)
        address = text_of(mapping(value).get("href")) or text_of(value)
        if address.startswith(("http://", "https://", "/", "?")):
            return Next(url=urljoin(page.url, address))
    named = {_plain(one.name): one for one in _in_query(fields)}
    return (
        _by_cursor(said, named)
        or _by_number(page, said, named, arguments)
        or _by_offset(page, said, named, arguments)
    )


def items_of(body: Json) -> Sequence[Json]:
    """Return the list of an answer."""
    if isinstance(body, list):
        return body
    name = name_of_list(body)
    return listed(mapping(body)[name]) if name else ()


def name_of_list(body: Json) -> str:
    """Return the name under which an object has its list; empty where there is none, or several."""
    found = mapping(body)
    lists = [name for name, one in found.items() if isinstance(one, list)]
    usual = [name for name in _LISTS if name in lists]
    return usual[0] if usual else lists[0] if len(lists) == 1 else ""


def together(first: Json, items: Sequence[Json], pages: int, *, more: bool) -> Json:
    """Return the pages as one answer, which says whether there is more."""
    if isinstance(first, list):
        return {"results": items, "pages": pages, "more": more}
    name = name_of_list(first)
    whole = {**mapping(first), name: items} if name else mapping(first)
    return {**whole, "paging": {"pages": pages, "more": more}}


def _in_query(fields: Sequence[Field]) -> Iterator[Field]:
    return (one for one in fields if one.place is Place.QUERY)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _linked(header: str) -> str:
    for url, parameters in _LINK.findall(header):
        rel = _REL.search(parameters)
        if rel and "next" in rel[1].lower().split():
            return str(url)
    return ""


def _said(body: Json) -> JsonObject:
    """Return what an answer says about itself, at its top and in the usual places inside."""
    top = mapping(body)
    found: dict[str, Json] = {}
    for name in _INSIDE:
        for key, inner in top.items():
            if key.lower() == name and isinstance(inner, Mapping):
                found |= {_plain(each): value for each, value in inner.items()}
                for deeper, most in inner.items():
                    if deeper.lower() in _INSIDE and isinstance(most, Mapping):
                        found |= {_plain(each): value for each, value in most.items()}
    return found | {_plain(each): value for each, value in top.items()}


def _by_cursor(said: JsonObject, named: Mapping[str, Field]) -> Next | None:
    parameter = next((one for name, one in named.items() if name in _CURSORS), None)
    if parameter is None or any(said.get(one) is False for one in _SAYS_MORE):
        return None
    for name in (*sorted(_SAYS_CURSOR), "next", "after", "cursor"):
        value = said.get(name)
        if isinstance(value, str) and value:
            return Next(query=((parameter.name, value),))
    return None


def _by_number(
    page: Page, said: JsonObject, named: Mapping[str, Field], arguments: Mapping[str, Json]
) -> Next | None:
    parameter = next((one for name, one in named.items() if name in _NUMBERS), None)
    if parameter is None or not items_of(page.body):
        return None
    given = _whole(said.get("nextpage"))
    if given is None:
        pages = _first_whole(said, _SAYS_PAGES)
        more = _says_more(said)
        if more is None and pages is not None:
            more = page.number + 1 < pages
        if not (_is_full(page, named, arguments) if more is None else more):
            return None
        given = page.number + _first_number(parameter) + 1
    return Next(query=((parameter.name, str(given)),))


def _by_offset(
    page: Page, said: JsonObject, named: Mapping[str, Field], arguments: Mapping[str, Json]
) -> Next | None:
    parameter = next((one for name, one in named.items() if name in _OFFSETS), None)
    count = len(items_of(page.body))
    if parameter is None or not count:
        return None
    done, total, more = page.before + count, _first_whole(said, _SAYS_TOTAL), _says_more(said)
    if more is None:
        more = done < total if total is not None else _is_full(page, named, arguments)
    return (
        Next(query=((parameter.name, str(done + (_whole(parameter.least) or 0))),))
        if more
        else None
    )


def _first_number(parameter: Field) -> int:
    """Return the number of the first page: some count from 0."""
    default = _whole(parameter.default)
    return default if default is not None else 0 if parameter.least == 0 else 1


def _first_whole(said: JsonObject, names: Iterable[str]) -> int | None:
    return next((n for name in sorted(names) if (n := _whole(said.get(name))) is not None), None)


def _says_more(said: JsonObject) -> bool | None:
    found = [one for name in _SAYS_MORE if isinstance(one := said.get(name), bool)]
    return any(found) if found else None


def _is_full(page: Page, named: Mapping[str, Field], arguments: Mapping[str, Json]) -> bool:
    """Whether a page has as many items as were asked for, so that there may be another one."""
    sizes = [
        arguments.get(one.argument, one.default) for name, one in named.items() if name in _SIZES
    ]
    asked = [n for one in sizes if (n := _whole(one)) is not None]
    return bool(asked) and len(items_of(page.body)) >= asked[0] > 0


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
