"""One thing that the gallery shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blocks.conversation import Prompt
from blocks.kit import Message


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A card, a Home, a form, prompts, or a text that is still growing; and what to say of it."""

    name: str
    title: str
    words: str
    message: Message | None = None
    home: Mapping[str, Any] | None = None
    form: Mapping[str, Any] | None = None
    prompts: tuple[Prompt, ...] = ()
    stream: str = ""
