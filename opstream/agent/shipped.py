"""The workflows that come with the agent: what people write themselves under the same id goes before them."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "workflows"
ASK: Final = "ask"
DRAFT: Final = "draft"
