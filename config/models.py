"""The settings of models: which there are, who is asked first, and what may be spent."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from config.parts import Part, Words, setting
from config.values import Duration, WebAddress

MakerName = Literal["gemini", "claude", "openai"]
ModelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]*$")]


class Model(Part):
    """One model that can be asked."""

    provider: MakerName = setting("gemini", "Whose it is.", write="`gemini`, `claude` or `openai`")
    id: str = setting("", "The provider's name of it.", write="a name such as `gemini-3.8-flash`")
    context: int | None = setting(
        None,
        "Tokens that it can hold; without it, what the kept table says.",
        write="a number of tokens above 0",
        ge=1,
    )
    price_in: float | None = setting(
        None,
        "US dollars for a million tokens of the prompt; without it, what the kept table says.",
        write="a number from 0 on",
        ge=0,
    )
    price_out: float | None = setting(
        None,
        "US dollars for a million tokens of the answer; without it, what the kept table says.",
        write="a number from 0 on",
        ge=0,
    )


class Rule(Part):
    """Who is asked first where all that is named holds."""

    use: Words = setting((), "The models that are asked first.", write="a list of models")
    tasks: Words = setting(
        (), "Kinds of work, such as `prompt`, `agent`, `summary`.", write="a list of tasks"
    )
    words_over: int | None = setting(
        None, "The prompt has more words than this.", write="a number from 0 on", ge=0
    )
    words_under: int | None = setting(
        None, "The prompt has fewer words than this.", write="a number above 0", ge=1
    )
    costs_over: float | None = setting(
        None,
        "The prompt alone would cost more US dollars than this with the first choice.",
        write="a number from 0 on",
        ge=0,
    )


MODELS: Mapping[str, Model] = {
    "gemini": Model(provider="gemini", id="gemini-3.8-flash"),
    "claude": Model(provider="claude", id="claude-sonnet-5-5"),
    "openai": Model(provider="openai", id="gpt-6.1-sol"),
    "gemini-small": Model(provider="gemini", id="gemini-3.5-flash-lite"),
    "claude-small": Model(provider="claude", id="claude-haiku-5-5"),
    "openai-small": Model(provider="openai", id="gpt-6-luna"),
}
"""The models where no file names others."""


class Keys(Part):
    """Who pays; a provider without a key is not asked."""

    gemini: SecretStr | None = setting(
        None, "Key of the Gemini API.", env="GEMINI_API_KEY", write="a key"
    )
    google: SecretStr | None = setting(
        None,
        "The same by its other name; `GEMINI_API_KEY` wins.",
        env="GOOGLE_API_KEY",
        write="a key",
    )
    claude: SecretStr | None = setting(
        None, "Key of the Anthropic API.", env="ANTHROPIC_API_KEY", write="a key"
    )
    openai: SecretStr | None = setting(
        None, "Key of the OpenAI API.", env="OPENAI_API_KEY", write="a key"
    )


class Addresses(Part):
    """Where the providers are, if not where they always are."""

    gemini: WebAddress | None = setting(
        None,
        "Base address of a Gemini API elsewhere.",
        env="OPSTREAM_GEMINI_URL",
        write="an http(s) address",
    )
    claude: WebAddress | None = setting(
        None,
        "Base address of an Anthropic API elsewhere.",
        env="OPSTREAM_ANTHROPIC_URL",
        write="an http(s) address",
    )
    openai: WebAddress | None = setting(
        None,
        "Base address of an OpenAI API elsewhere, with its `/v1`.",
        env="OPSTREAM_OPENAI_URL",
        write="an http(s) address",
    )


def _tokens(whose: str, env: str) -> int | None:
    meaning = f"Tokens, of prompts and answers together, that {whose}; without it, any number."
    found: int | None = setting(None, meaning, env=env, write="a number above 0", ge=1)
    return found


def _dollars(default: float | None, whose: str, env: str) -> float | None:
    meaning = f"US dollars that {whose}; without it, any number."
    found: float | None = setting(default, meaning, env=env, write="a number from 0 on", ge=0)
    return found


class Budgets(Part):
    """What may be spent; what would go beyond is not asked."""

    call_tokens: int | None = _tokens("one prompt may have", "OPSTREAM_TOKENS_PER_CALL")
    call_dollars: float | None = _dollars(1.0, "one prompt may cost", "OPSTREAM_DOLLARS_PER_CALL")
    run_tokens: int | None = _tokens("one run may take", "OPSTREAM_TOKENS_PER_RUN")
    run_dollars: float | None = _dollars(5.0, "one run may cost", "OPSTREAM_DOLLARS_PER_RUN")
    person_tokens: int | None = _tokens(
        "may be taken for one person a day", "OPSTREAM_TOKENS_PER_PERSON"
    )
    person_dollars: float | None = _dollars(
        10.0, "may be spent for one person a day", "OPSTREAM_DOLLARS_PER_PERSON"
    )
    day_tokens: int | None = _tokens("all may take a day", "OPSTREAM_TOKENS_PER_DAY")
    day_dollars: float | None = _dollars(
        25.0, "all may cost a day, from midnight to midnight UTC", "OPSTREAM_DOLLARS_PER_DAY"
    )


class Models(Part):
    """Models, and when which of them is asked."""

    models: Mapping[ModelName, Model] = setting(
        {},
        "The models by a name of ours; a model may also be named by its `id`.",
        write="models by name: small letters, digits, `_`, `.` and `-`",
    )
    order: Words = setting(
        ("gemini", "claude", "openai"),
        "Who is asked, and who is asked next when they cannot answer.",
        write="a list of models, the first choice first",
    )
    rules: tuple[Rule, ...] = setting(
        (Rule(words_over=500, use=("claude",)),),
        "When others are asked first; the first rule that holds counts.",
        write="a list of rules such as `{words_over: 500, use: claude}`",
    )
    timeout: Duration = setting(
        timedelta(seconds=60),
        "How long one model may take for an answer before the next one is asked.",
        env="OPSTREAM_MODEL_TIMEOUT",
        write="a length of time such as `60s`",
    )
    first_word: Duration = setting(
        timedelta(seconds=30),
        "How long it may take until an answer begins that is shown as it comes.",
        env="OPSTREAM_MODEL_FIRST_WORD",
        write="a length of time such as `30s`",
    )
    embedding: str = setting(
        "gemini-embedding-2",
        "Gemini's model that measures the meaning of texts; `local` for the one that needs no key.",
        env="OPSTREAM_EMBEDDING",
        write="a name such as `gemini-embedding-2`, or `local`",
    )
    embedding_length: int = setting(
        768,
        "How many numbers Gemini gives for a text; the local one always gives 384.",
        write="a number from 128 to 3072",
        ge=128,
        le=3072,
    )
    keys: Keys = Keys()
    addresses: Addresses = Addresses()
    budgets: Budgets = Budgets()

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for name, model in self.models.items():
            if not model.id:
                raise ValueError(
                    f"The model {name!r} has no `id`. Write the provider's name of it, such as "
                    "`id: gemini-3.8-flash`."
                )
        for name in (*self.order, *(one for rule in self.rules for one in rule.use)):
            if name not in self.named:
                raise ValueError(
                    f"There is no model {name!r}. Use one of {', '.join(self.named)}, or add it "
                    "under `models`."
                )
        return self

    @property
    def named(self) -> Mapping[str, Model]:
        """The models by our names: those of the file, else those that are known anyway."""
        return self.models or MODELS

    def secrets(self) -> tuple[str, ...]:
        """Return every key."""
        keys = (self.keys.gemini, self.keys.google, self.keys.claude, self.keys.openai)
        return tuple(key.get_secret_value() for key in keys if key is not None)
