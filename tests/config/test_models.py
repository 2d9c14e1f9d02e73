"""The settings of models: what ships, and what is refused."""

import pytest

from config.models import MODELS, Models
from config.settings import PROJECT, SettingsError, load


def written(tmp_path, text, **environ):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "models.yaml").write_text(text)
    return load(environ, tmp_path).models


def faults(tmp_path, text):
    with pytest.raises(SettingsError) as raised:
        written(tmp_path, text)
    return str(raised.value)


def test_what_ships_is_what_holds_without_a_file():
    shipped = load({}, PROJECT).models

    assert shipped.models == MODELS
    assert shipped.model_copy(update={"models": {}}) == Models()


def test_gemini_is_first_and_claude_takes_what_is_longer_than_500_words():
    models = Models()

    assert models.order[0] == "gemini"
    assert [(rule.words_over, rule.use) for rule in models.rules] == [(500, ("claude",))]


def test_keys_come_from_the_environment_and_are_masked(tmp_path):
    settings = load({"GOOGLE_API_KEY": "g-1", "OPENAI_API_KEY": "o-1"}, PROJECT)

    assert {"g-1", "o-1"} <= set(settings.secrets())
    assert "g-1" not in repr(settings)


def test_a_list_of_rules_is_read(tmp_path):
    text = (
        "rules:\n  - {tasks: summary, use: claude}\n  - {costs_over: 0.5, use: [openai, gemini]}\n"
    )

    rules = written(tmp_path, text).rules

    assert rules[0].tasks == ("summary",)
    assert rules[1].use == ("openai", "gemini")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("order: [gemnii]", "There is no model 'gemnii'. Use one of gemini, claude"),
        ("models: {house: {provider: openai}}", "The model 'house' has no `id`."),
        ("rules: [{use: nobody}]", "There is no model 'nobody'."),
        ("rules: [{words_ovr: 5, use: claude}]", "words_over"),
        ("budgets: {run_dollars: -1}", "run_dollars"),
        ("models: {house: {provider: acme, id: x}}", "`gemini`, `claude` or `openai`"),
    ],
)
def test_what_cannot_be_used_is_told_with_what_to_write(tmp_path, text, said):
    assert said in faults(tmp_path, text)


def test_a_key_that_is_written_into_the_file_is_noted(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "models.yaml").write_text("keys: {openai: sk-written}\n")

    [note] = load({}, tmp_path).notes

    assert "Keep it in the environment" in note
    assert "sk-written" not in note
