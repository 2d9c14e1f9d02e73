"""All APIs of an install, started and stopped together."""

import asyncio
from collections.abc import Sequence

from opstream.adapters.connectors.openapi.settings import Api
from opstream.adapters.connectors.openapi.source import ApiSource, Around


class ApiRegistry:
    """The APIs as sources of operations."""

    def __init__(self, apis: Sequence[Api], around: Around) -> None:
        self.sources: tuple[ApiSource, ...] = tuple(ApiSource(one, around) for one in apis)
        self._http = around.http

    async def start(self) -> None:
        """Begin to read every description; returns at once."""
        for source in self.sources:
            source.start()

    async def stop(self) -> None:
        """Stop reading, and give the connections back."""
        await asyncio.gather(*(source.stop() for source in self.sources))
        await self._http.close()
