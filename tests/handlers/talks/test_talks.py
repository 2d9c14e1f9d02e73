"""Conversations, each a file: right tool, right arguments, right person asked, right words."""

import pytest

from config.settings import Settings
from opstream.bootstrap import parts
from opstream.governance.sanitised_models import ModelSanitised
from tests.handlers.conftest import ROLES
from tests.handlers.talks.play import USERS, Play
from tests.handlers.talks.script import folders, read
from tests.handlers.talks.stage import WORKFLOWS, StageModel, StageTools


@pytest.fixture
def tools() -> StageTools:
    return StageTools()


@pytest.fixture
def settings(tmp_path) -> Settings:
    folder = tmp_path / "workflows"
    folder.mkdir()
    for one in WORKFLOWS.split("---"):
        (folder / f"{one.split()[1]}.yaml").write_text(one)
    tree = {"data_dir": str(tmp_path / "data"), "workflow_dirs": [str(folder)], "roles": ROLES}
    return Settings.model_validate(tree, context={"folder": tmp_path})


@pytest.fixture
def model(settings) -> ModelSanitised:
    """The scripted model, behind what takes secrets and personal data out, as real ones are."""
    sanitiser = parts.sanitiser(settings)
    return ModelSanitised(StageModel(sanitiser), sanitiser)


@pytest.mark.parametrize("folder", folders())
async def test_every_conversation_goes_as_its_script_says(folder, bot, join, model, tools):
    people = {name: await join(user) for name, user in USERS.items()}
    wrong: list[str] = []
    for script in read(folder):
        try:
            await Play(script, people, model.model, tools).go()
        except AssertionError as error:
            wrong.append(f"{script.name}: {error}")
    assert not wrong, "\n\n".join(wrong)


def test_there_are_as_many_conversations_as_there_are_meant_to_be():
    scripts = [one for folder in folders() for one in read(folder)]

    assert len(scripts) >= 150
    assert len({one.title for one in scripts}) == len(scripts)
