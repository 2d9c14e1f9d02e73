"""What can be answered without a model, where none is set up; says so in its first sentence."""

from opstream.domain.prompt import PromptReply, PromptRequest
from opstream.errors import OperationFailed


class OfflineAnalyst:
    """Computes what can be computed."""

    async def answer(self, request: PromptRequest) -> PromptReply:
        """Return what can be said without a model."""
        raise OperationFailed("No model.", kind="unavailable", retryable=False)
