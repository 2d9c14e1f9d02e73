"""A server's wish to have a language model asked, as a prompt of ours, and the answer as it wants it."""

import json

import mcp_types as types

from opstream.domain.prompt import PromptReply, PromptRequest, Purpose, Turn, Voice


def request(params: types.CreateMessageRequestParams, purpose: Purpose) -> PromptRequest:
    """Return the prompt.

    Raises:
        ValueError: it holds something else than words, or wants tools.
    """
    if params.tools:
        raise ValueError("tools are not offered to models that servers have asked")
    turns = [Turn(Voice(one.role), _words(one)) for one in params.messages]
    first, rest = (
        (turns[0].text, turns[1:]) if turns and turns[0].voice is Voice.USER else ("", turns)
    )
    return PromptRequest(
        text=first,
        system=params.system_prompt or "",
        turns=tuple(rest),
        purpose=purpose,
        most_tokens=params.max_tokens,
    )


def result(reply: PromptReply) -> types.CreateMessageResult:
    """Return the answer of a model."""
    text = reply.output if isinstance(reply.output, str) else json.dumps(reply.output)
    content = types.TextContent(type="text", text=text)
    return types.CreateMessageResult(
        role="assistant", content=content, model=reply.model, stop_reason="endTurn"
    )


def _words(message: types.SamplingMessage) -> str:
    texts = [one.text for one in message.content_as_list if isinstance(one, types.TextContent)]
    if len(texts) < len(message.content_as_list):
        raise ValueError("only words can be put to a model here, no pictures, sounds or tools")
    return "\n".join(texts)
