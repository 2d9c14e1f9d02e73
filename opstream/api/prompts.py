"""Prompt templates by HTTP: look at them, publish one, test one."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from opstream.api import hooks
from opstream.api.tokens import Programs
from opstream.definitions import prompts as texts
from opstream.definitions.writing_fields import written_fields
from opstream.domain.person import Person
from opstream.domain.template import PromptTemplate, TemplateTest, Trial
from opstream.domain.values import Json
from opstream.errors import BadInput, DefinitionErrors, NotAllowed, OperationFailed
from opstream.ports.templates import PublishedTemplate
from opstream.runs.prompts import Prompts

_BODY = 'Send JSON such as `{"source": "id: summarise\\n…", "why": "It was too long."}`.'
_Answer = Callable[[Request, Person], Awaitable[JSONResponse]]


def routes(prompts: Prompts, programs: Programs) -> list[Route]:
    """Return `/prompts`, `/prompts/{id}` and `/prompts/{id}/test`."""
    door = _Door(prompts)

    def guarded(answer: _Answer) -> Callable[[Request], Awaitable[JSONResponse]]:
        async def answered(request: Request) -> JSONResponse:
            person = programs.person(request)
            try:
                return await answer(request, person)
            except NotAllowed as error:  # the token is right, but its role is not enough
                raise HTTPException(403, str(error)) from error
            except DefinitionErrors as error:
                return _complained(error)
            except OperationFailed as error:  # no model can be asked
                raise HTTPException(503, str(error)) from error

        return answered

    return [
        Route("/prompts", guarded(door.every), methods=["GET"]),
        Route("/prompts/{id}", guarded(door.one_or_put), methods=["GET", "PUT"]),
        Route("/prompts/{id}/test", guarded(door.test), methods=["POST"]),
    ]


class _Door:
    """Answers requests about templates."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts

    async def every(self, request: Request, by: Person) -> JSONResponse:
        return JSONResponse({"prompts": [_short(one) for one in self._prompts.book.listed()]})

    async def one_or_put(self, request: Request, by: Person) -> JSONResponse:
        answer = self.put if request.method == "PUT" else self.one
        return await answer(request, by)

    async def one(self, request: Request, by: Person) -> JSONResponse:
        book = self._prompts.book
        template = book.latest(request.path_params["id"])
        told = [_version(one) for one in book.versions(template.id)]
        source = book.source(template.id)
        return JSONResponse({**_whole(template), "source": source, "versions": told})

    async def put(self, request: Request, by: Person) -> JSONResponse:
        name, body = request.path_params["id"], await _json(request)
        is_new = self._prompts.book.find(name) is None
        text, why = _source(name, body), str(body.get("why") or "")
        after = _number(body, "after", "It is the version that yours was made of.")
        template = await self._prompts.publish(text, why, by=by, after=after)
        return JSONResponse(_whole(template), 201 if is_new else 200)

    async def test(self, request: Request, by: Person) -> JSONResponse:
        name, body = request.path_params["id"], await _json(request, may_be_empty=True)
        version = _number(body, "version", "Leave it out for the newest.")
        return JSONResponse(_tested(await self._prompts.test(name, by=by, version=version)))


def _number(body: Mapping[str, Any], key: str, hint: str) -> int | None:
    value = body.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise BadInput(f"`{key}` is no whole number, such as 3. {hint}")


def _version(one: PublishedTemplate) -> Mapping[str, Json]:
    by = one.by.name if one.by else None
    return {"version": one.version, "at": one.at.isoformat(), "by": by, "why": one.why}


async def _json(request: Request, *, may_be_empty: bool = False) -> Mapping[str, Any]:
    body = await hooks.whole(request)
    if may_be_empty and not body.strip():
        return {}
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"The body is no JSON. {_BODY}") from error
    if not isinstance(data, dict):
        raise HTTPException(400, f"The body is no JSON object. {_BODY}")
    return data


def _source(name: str, body: Mapping[str, Any]) -> str:
    """Return the text of the template in a body: as it was written, or of the template as an object.

    Raises:
        BadInput: there is none, or it is that of another template.
        DefinitionErrors: it cannot be used.
    """
    source, template = body.get("source"), body.get("template")
    if isinstance(template, dict) and source is None:
        source = json.dumps({"id": name, **template}, ensure_ascii=False, indent=2)
    if not isinstance(source, str):
        raise BadInput(f"The body has no `source`. {_BODY}")
    found = texts.only(source, "the template")
    if found.id != name:
        raise BadInput(f"The id in the template is `{found.id}`, but the address names `{name}`.")
    return source


def _complained(error: DefinitionErrors) -> JSONResponse:
    complaints = [
        {"line": one.line, "problem": one.problem, "remedy": one.remedy} for one in error.complaints
    ]
    return JSONResponse({"error": str(error), "complaints": complaints}, 422)


def _short(template: PromptTemplate) -> Mapping[str, Json]:
    return {
        "id": template.id,
        "title": template.title,
        "description": template.description,
        "version": template.version,
        "inputs": [field.name for field in template.inputs],
        "examples": len(template.examples),
    }


def _whole(template: PromptTemplate) -> Mapping[str, Json]:
    return {
        **_short(template),
        "inputs": written_fields(template.inputs),
        "text": template.text,
        "system": template.system,
        "model": template.model,
        "schema": template.schema,
    }


def _tested(test: TemplateTest) -> Mapping[str, Json]:
    return {
        "id": test.template.id,
        "version": test.template.version,
        "passed": test.passed,
        "failed": len(test.trials) - test.passed,
        "examples": [_tried(one) for one in test.trials],
    }


def _tried(trial: Trial) -> Mapping[str, Json]:
    return {
        "title": trial.example.title,
        "passed": trial.passed,
        "expected": trial.example.expect.in_words,
        "problems": list(trial.faults),
        "output": trial.output,
        "model": trial.model,
        "tokens": {"in": trial.tokens_in, "out": trial.tokens_out},
        "cost": trial.cost,
        "note": trial.note,
    }
