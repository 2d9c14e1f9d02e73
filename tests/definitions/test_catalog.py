from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from opstream.adapters.store.database import Database
from opstream.definitions.catalog import Catalog
from opstream.definitions.prompt_book import PromptBook
from opstream.errors import NotFound

ONE = "id: greet_all\ntitle: Greet\nphrases: ['greet {name}']\ninputs: {name: text}\nsteps: [{notify: Hello}]\n"
TWO = "id: other\ntitle: Another\nsteps: [{call: estate.slo_checker}]\n"


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(tmp_path / "data")
    yield opened
    await opened.close()


@pytest.fixture
def archive(database):
    return database.workflows


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "workflows"
    path.mkdir()
    (path / "one.yaml").write_text(ONE)
    (path / "two.yml").write_text(TWO)
    return path


async def test_files_are_listed_by_title_and_found_by_name(folder, archive):
    catalog = Catalog([folder], archive, Noon())
    await catalog.load()

    assert [one.id for one in catalog.listed()] == ["other", "greet_all"]
    assert catalog.latest("greet_all").version == 1
    assert catalog.latest("Greet-All") is catalog.latest("greet_all")
    assert catalog.complaints() == ()


async def test_an_unknown_name_offers_what_comes_close(folder, archive):
    catalog = Catalog([folder], archive, Noon())
    await catalog.load()

    with pytest.raises(NotFound) as caught:
        catalog.latest("gret_all")
    assert str(caught.value).startswith(
        "There is no workflow `gret_all`. Did you mean `greet_all`?"
    )


async def test_a_sentence_finds_its_workflow(folder, archive):
    catalog = Catalog([folder], archive, Noon())
    await catalog.load()

    found = catalog.by_phrase("greet Bo")

    assert found is not None
    assert (found[0].id, found[1]) == ("greet_all", {"name": "Bo"})
    assert catalog.by_phrase("go home") is None


async def test_a_changed_file_is_a_new_version_and_old_runs_keep_theirs(folder, archive):
    await Catalog([folder], archive, Noon()).load()
    (folder / "one.yaml").write_text(ONE.replace("Hello", "Good day"))
    catalog = Catalog([folder], archive, Noon())

    await catalog.load()
    await catalog.load()

    assert catalog.latest("greet_all").version == 2
    assert catalog.latest("other").version == 1
    old = await catalog.version("greet_all", 1)
    assert (old.version, old.steps[0].work.text) == (1, "Hello")
    assert await catalog.version("greet_all", 1) is old
    with pytest.raises(NotFound):
        await catalog.version("greet_all", 3)


async def test_an_old_version_runs_on_although_its_file_is_gone(folder, archive):
    await Catalog([folder], archive, Noon()).load()
    (folder / "one.yaml").unlink()
    catalog = Catalog([folder], archive, Noon())

    await catalog.load()

    assert [one.id for one in catalog.listed()] == ["other"]
    assert (await catalog.version("greet_all", 1)).title == "Greet"


async def test_broken_files_are_kept_out_and_remembered(folder, archive):
    (folder / "two.yml").write_text("id: other\nsteps: [{cal: x}]\n")
    (folder / "three.json").write_bytes(b"\xff")
    catalog = Catalog([folder, folder / "missing"], archive, Noon())

    await catalog.load()

    assert [one.id for one in catalog.listed()] == ["greet_all"]
    assert [str(one).split(". ")[0] for one in catalog.complaints()] == [
        "three.json:1: The byte 0xff is no UTF-8",
        "two.yml:1: The workflow has no `title`",
        "two.yml:2: This step does nothing",
        "two.yml:2: The step `call` has no key `cal`",
    ]


async def test_the_same_id_twice_in_a_folder_is_refused(folder, archive):
    (folder / "two.yml").write_text(ONE)
    catalog = Catalog([folder], archive, Noon())

    await catalog.load()

    assert [str(one) for one in catalog.complaints()] == [
        "two.yml:1: `greet_all` is already defined in one.yaml. "
        "Give one of them another id, or remove one."
    ]


async def test_a_later_folder_takes_precedence(folder, archive, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.yaml").write_text(ONE.replace("title: Greet", "title: My greeting"))
    catalog = Catalog([folder, own], archive, Noon())

    await catalog.load()

    assert catalog.latest("greet_all").title == "My greeting"
    assert catalog.complaints() == ()


async def test_a_file_of_an_older_format_takes_the_place_of_ours(folder, archive):
    old = "workflows: {greet_all: {name: Greet as before, tools: [slo_checker]}}"
    for name in ("a.yaml", "z.yaml"):
        (folder / name).write_text(old)
        catalog = Catalog([folder], archive, Noon())

        await catalog.load()

        assert catalog.complaints() == ()
        assert catalog.latest("greet_all").title == "Greet as before"
        assert catalog.latest("greet_all").description == (
            f"It comes from {name} and takes the place of the one in one.yaml."
        )
        (folder / name).unlink()


async def test_what_keeps_a_workflow_out_is_in_the_log_at_start(folder, archive):
    (folder / "two.yml").write_text("id: two\nsteps: [{wait: 1s}]\n")
    catalog = Catalog([folder], archive, Noon())

    with structlog.testing.capture_logs() as logged:
        await catalog.load()

    assert logged == [
        {
            "event": "workflow_kept_out",
            "log_level": "warning",
            "at": "two.yml:1",
            "problem": "The workflow has no `title`.",
            "remedy": "Add a line `title: …`.",
        }
    ]


async def test_the_shipped_workflows_answer_to_their_phrase(database):
    config = Path(__file__).parents[2] / "config"
    templates = PromptBook([config / "prompts"], database.prompts, Noon())
    await templates.load()
    catalog = Catalog([config / "workflows"], database.workflows, Noon(), templates)
    await catalog.load()

    found = catalog.by_phrase("profile my-service for 2 hours")

    assert catalog.complaints() == ()
    assert found is not None
    assert found[0].id == "application_profiling"
    assert found[1] == {"service": "my-service", "duration": "2 hours"}
