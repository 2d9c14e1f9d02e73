"""No language model: what answers prompts where none is set up; satisfies the port `LanguageModel`."""

from opstream.domain.prompt import PromptReply, PromptRequest
from opstream.errors import OperationFailed
from opstream.ports import Saying


class NoModel:
    """Says what is missing, so that a step that prompts fails with one clear sentence."""

    @property
    def available(self) -> bool:
        """Say that no model is set up."""
        return False

    async def answer(self, request: PromptRequest, saying: Saying | None = None) -> PromptReply:
        """Raise OperationFailed: there is nobody to ask."""
        named = f" `{request.model}`" if request.model else ""
        raise OperationFailed(
            f"There is no language model{named} here: this version cannot ask one yet. Leave the step "
            "out, or give it `on_error: go_on`.",
            kind="unavailable",
            retryable=False,
        )
