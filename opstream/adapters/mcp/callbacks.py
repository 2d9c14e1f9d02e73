"""What a server may ask of us while it works: people, a language model, its roots; and what it logs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import mcp_types as types
import structlog
from mcp.client.session import ClientRequestContext

from opstream.adapters.mcp import sampling
from opstream.adapters.mcp.asking import CALL, Asking, UnderWay
from opstream.adapters.mcp.flood import Flood
from opstream.adapters.mcp.masking import masked, secrets_of, shortened
from opstream.adapters.mcp.settings import McpServer, Sampling
from opstream.domain.call_question import AskedInCall, CallAnswer, CallQuestion, Reply, Wanted
from opstream.domain.values import Json
from opstream.errors import NotFound, OperationFailed

log = structlog.get_logger(__name__)

_LONGEST_QUESTION = 4_000
_LONGEST_SHOWN = 5_000
_ACTIONS = {Reply.GIVEN: "accept", Reply.DECLINED: "decline"}
_LEVELS = {"debug": "debug", "info": "info", "notice": "info", "warning": "warning"}


class Callbacks:
    """Answers one server's questions during its calls."""

    def __init__(self, server: McpServer, asking: Asking) -> None:
        self._server = server
        self._asking = asking
        self._under_way: list[UnderWay] = []
        self._secrets = secrets_of(server)
        self._flood = Flood(f"mcp-{server.name}")

    @property
    def can_ask(self) -> bool:
        """Whether there are people to ask."""
        return self._asking.questions is not None

    @property
    def can_sample(self) -> bool:
        """Whether a language model may be asked."""
        return self._asking.model is not None and self._server.sampling is not Sampling.DENY

    @property
    def has_roots(self) -> bool:
        """Whether the server is told what to keep to."""
        return bool(self._server.roots)

    async def left(self, key: str) -> Sequence[AskedInCall]:
        """Return what a call asked before this process was started."""
        questions = self._asking.questions
        return await questions.left(key) if questions is not None else ()

    @contextmanager
    def of(self, call: UnderWay) -> Iterator[None]:
        """Take questions that come within a block as those of a call."""
        self._under_way.append(call)
        token = CALL.set(call)
        try:
            yield
        finally:
            CALL.reset(token)
            self._under_way.remove(call)

    async def elicit(
        self,
        context: ClientRequestContext,
        params: types.ElicitRequestParams,
        *,
        resume: str = "",
    ) -> types.ElicitResult | types.ErrorData:
        """Ask a person for an answer, or to visit a page."""
        question = self._question(params, resume)
        if question is None:
            return _error("this address cannot be shown to people; it has to be https or http")
        answer = await self._ask(question)
        if answer is None or answer.reply not in _ACTIONS:
            return types.ElicitResult(action="cancel")
        if answer.reply is Reply.DECLINED:
            return types.ElicitResult(action="decline")
        if question.wanted is Wanted.VISIT:
            return types.ElicitResult(action="accept")
        return types.ElicitResult(action="accept", content=_content(answer))

    async def sample(
        self,
        context: ClientRequestContext,
        params: types.CreateMessageRequestParams,
        *,
        resume: str = "",
    ) -> types.CreateMessageResult | types.ErrorData:
        """Have a language model answer, after a yes where the settings want one."""
        call, questions, model = self._call(), self._asking.questions, self._asking.model
        if call is None or questions is None or model is None:
            return _error("nobody knows for which call this is asked")
        try:
            purpose = await questions.purpose(call.key)
            request = sampling.request(params, purpose)
        except (NotFound, ValueError) as error:
            return _error(shortened(str(error)))
        if refusal := await self._refusal(request_text(params), resume):
            return _error(refusal)
        try:
            return sampling.result(await model.answer(request))
        except OperationFailed as error:
            return _error(shortened(str(error)))

    async def roots(self, context: ClientRequestContext) -> types.ListRootsResult | types.ErrorData:
        """Tell what the server is to keep to."""
        return types.ListRootsResult(roots=[types.Root(uri=one) for one in self._server.roots])

    async def logged(self, params: types.LoggingMessageNotificationParams) -> None:
        """Take what the server logs into our log, without secrets, and not without end."""
        if not self._flood.lets_through():
            return
        text = params.data if isinstance(params.data, str) else str(params.data)
        level = _LEVELS.get(params.level, "error")
        said = masked(shortened(text), self._secrets)
        getattr(log, level)("mcp_server_said", server=self._server.name, said=said)

    async def _refusal(self, text: str, resume: str) -> str:
        """Ask a person to allow what a model would be asked; return why not, '' for a yes."""
        if self._server.sampling is Sampling.ALLOW:
            return ""
        if len(text) > _LONGEST_SHOWN:
            return f"more than {_LONGEST_SHOWN} characters cannot be shown to a person who is to allow it"
        question = CallQuestion(self._server.name, Wanted.MODEL, text, resume=resume)
        answer = await self._ask(question)
        is_given = answer is not None and answer.reply is Reply.GIVEN
        return "" if is_given else "the person who was asked did not allow it"

    async def _ask(self, question: CallQuestion) -> CallAnswer | None:
        """Ask in the run that the call belongs to; None where nobody can be asked."""
        call, questions = self._call(), self._asking.questions
        if call is None or questions is None:
            log.warning("mcp_question_of_no_call", server=self._server.name)
            return None
        try:
            return await call.ask(questions, question, self._server.answer_within)
        except NotFound:
            return None

    def _call(self) -> UnderWay | None:
        """Return the call that a question belongs to, where that is certain.

        Over HTTP a question comes with its call. Over stdio nothing says so in the protocols before 2026: then
        it is of the only call under way, or of none.
        """
        if (call := CALL.get()) is not None:
            return call
        return self._under_way[0] if len(self._under_way) == 1 else None

    def _question(self, params: types.ElicitRequestParams, resume: str) -> CallQuestion | None:
        name, text = self._server.name, params.message[:_LONGEST_QUESTION]
        if isinstance(params, types.ElicitRequestURLParams):
            if urlsplit(params.url).scheme not in ("http", "https"):
                return None
            return CallQuestion(name, Wanted.VISIT, text, url=params.url, resume=resume)
        schema = params.requested_schema
        return CallQuestion(name, Wanted.ANSWER, text, schema, resume=resume)


def request_text(params: types.CreateMessageRequestParams) -> str:
    """Return exactly what a model would be asked, as a person reads it."""
    said = [f"{one.role}: {_text(one)}" for one in params.messages]
    system = [f"system: {params.system_prompt}"] if params.system_prompt else []
    return "\n\n".join([*system, *said])


def _text(message: types.SamplingMessage) -> str:
    return "\n".join(
        one.text if isinstance(one, types.TextContent) else f"({one.type})"
        for one in message.content_as_list
    )


def _content(answer: CallAnswer) -> dict[str, str | int | float | bool | list[str] | None]:
    return {name: _plain(value) for name, value in answer.values.items() if value is not None}


def _plain(value: Json) -> str | int | float | bool | list[str] | None:
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _error(text: str) -> types.ErrorData:
    return types.ErrorData(code=types.INVALID_REQUEST, message=text)
