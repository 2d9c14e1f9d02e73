"""The prompt templates of an install: where they stand, and the book that holds them."""

from config.settings import Settings
from opstream.adapters.stores import Stores
from opstream.definitions.prompt_book import PromptBook

FOLDER = "prompts"
OLDER = "prompts.json"


async def book(settings: Settings, stores: Stores) -> PromptBook:
    """Return the templates in the folder of the YAML files, and those that people published.

    Raises:
        StoreUnavailable: the database cannot be read.
    """
    places = [settings.config_dir / FOLDER, settings.config_dir / OLDER]
    found = PromptBook(places, stores.database.prompts, stores.clock)
    await found.load()
    return found
