"""The templates of an install, and the workflows that name them: checked, filled, pinned, renewed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from opstream.adapters.store.database import Database
from opstream.definitions import folders, loader, prompt_asking, prompt_folders, prompts, writing
from opstream.definitions.catalog import Catalog
from opstream.definitions.prompt_book import PromptBook
from opstream.domain.person import Who
from opstream.domain.prompt import Purpose
from opstream.errors import DefinitionErrors, NotFound
from tests.contracts.stories import NOON

CONFIG = Path(__file__).parents[2] / "config"
ANA = Who("U1", "Ana")
GREET = """id: greet
title: Greet
inputs: {name: text, times: {type: number, default: 1}}
text: Greet {{ inputs.name }} {{ inputs.times }} times.
"""
TWICE = GREET.replace("Greet {{", "Greet twice {{")
HELLO = """id: hello
title: Hello
inputs: {who: text}
steps:
  - id: each
    for_each:
      items: ["{{ inputs.who }}"]
      steps:
        - id: ask
          prompt: {template: greet, with: {name: "{{ item }}"}}
"""


class Noon:
    def now(self):
        return NOON


class Shelf:
    """One template, in one version."""

    def find(self, name, version=None):
        found = name == "greet" and version in (None, 1)
        return replace(prompts.only(GREET, "greet.yaml"), version=1) if found else None

    def names(self):
        return ["greet"]


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(tmp_path / "data")
    yield opened
    await opened.close()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "greet.yaml").write_text(GREET)
    return tmp_path


async def opened(folder, database):
    """Return the templates and the workflows of a process that has just started."""
    book = PromptBook([folder / "prompts", folder / "prompts.json"], database.prompts, Noon())
    await book.load()
    catalog = Catalog([folder / "workflows"], database.workflows, Noon(), book)
    await catalog.load()
    return book, catalog


def prompt_of(workflow):
    [loop] = workflow.steps
    return loop.work.steps[0].work


async def test_what_people_publish_stays_until_the_file_says_something_else(folder, database):
    book, _ = await opened(folder, database)
    await book.publish(TWICE, ANA, "Twice")

    again, _ = await opened(folder, database)
    assert (again.latest("greet").version, again.source("greet")) == (2, TWICE)
    [newest, first] = again.versions("greet")
    assert (newest.by, newest.why, first.by) == (ANA, "Twice", None)

    (folder / "prompts" / "greet.yaml").write_text(GREET.replace("Greet\n", "Greet somebody\n", 1))
    changed, _ = await opened(folder, database)
    assert changed.latest("greet").title == "Greet somebody"
    assert changed.latest("greet").version == 3


async def test_an_older_file_goes_before_ours_and_faults_keep_only_their_file_out(folder, database):
    (folder / "prompts.json").write_text(json.dumps({"prompts": {"greet": "Hey {name}", "b": "B"}}))
    (folder / "prompts" / "bad.yaml").write_text("id: bad\ntitle: Bad\n")

    book, _ = await opened(folder, database)

    assert book.names() == ["b", "greet"]
    assert book.latest("greet").text == "Hey {{ inputs.name }}"
    assert [str(one) for one in book.complaints()] == [
        "bad.yaml:1: The template has no `text`. Add a line `text: …`."
    ]
    with pytest.raises(NotFound, match="Did you mean `greet`"):
        book.latest("great")


async def test_a_step_has_the_texts_of_its_template_and_its_defaults(folder, database):
    _, catalog = await opened(folder, database)

    workflow = await catalog.publish(HELLO, ANA, "New")

    prompt = prompt_of(workflow)
    assert prompt.text == "Greet {{ inputs.name }} {{ inputs.times }} times."
    assert prompt.values == {"name": "{{ item }}", "times": 1}
    assert catalog.users_of("greet") == ["hello"]
    written = prompt_of(await catalog.publish(writing.write(workflow), ANA, "The same"))
    assert written == prompt


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("{template: great}", "There is no prompt template `great`. Did you mean `greet`?"),
        ("{template: greet}", "The template `greet` needs the input `name`. Add `name: …` below"),
        (
            "{template: greet@7, with: {name: x}}",
            "There is no version `7` of the prompt template `greet`. Write `template: greet`, or a "
            "version up to 1.",
        ),
        (
            "{template: greet, with: {name: x, tiems: 3}}",
            "The template `greet` has no input `tiems`. Did you mean `times`?",
        ),
        (
            "{template: greet, with: {name: x, times: often}}",
            "The template `greet`: `times` cannot be `often`: it is no number.",
        ),
        (
            '{template: greet, with: {name: "{{ inputs.x }}"}}',
            "uses the input `x`, which is not declared.",
        ),
        ('{template: greet, with: "{{ inputs.who }}"}', "`with` is one template"),
        ("{template: greet, with: {name: x}, text: y}", "`text` comes from the template already."),
    ],
)
def test_a_step_that_names_a_template_wrongly_is_told_where_and_what(prompt, said):
    text = HELLO.replace('{template: greet, with: {name: "{{ item }}"}}', prompt)

    with pytest.raises(DefinitionErrors) as caught:
        loader.load(text, "hello.yaml", Shelf())

    assert said in str(caught.value)
    assert caught.value.complaints[0].line == 10


async def test_a_new_version_of_a_template_is_a_new_version_of_what_names_it(folder, database):
    book, catalog = await opened(folder, database)
    pinned = HELLO.replace("hello", "fixed", 1).replace("template: greet", "template: greet@1")
    first = await catalog.publish(HELLO, ANA, "New")
    await catalog.publish(pinned, ANA, "New")

    await book.publish(TWICE, ANA, "Twice")
    renewed = await catalog.renew({"greet"}, ANA)

    assert [(one.id, one.version) for one in renewed] == [("hello", first.version + 1)]
    assert prompt_of(catalog.latest("hello")).text.startswith("Greet twice")
    assert prompt_of(catalog.latest("fixed")).text.startswith("Greet {{")


async def test_a_version_keeps_its_templates_after_a_restart_and_in_other_processes(
    folder, database
):
    book, catalog = await opened(folder, database)
    first = await catalog.publish(HELLO, ANA, "New")
    _, other = await opened(folder, database)
    await book.publish(TWICE, ANA, "Twice")
    [second] = await catalog.renew({"greet"}, ANA)

    _, restarted = await opened(folder, database)

    for one in (restarted, other):
        kept = await one.version("hello", first.version)
        assert prompt_of(kept) == prompt_of(first)
        assert prompt_of(await one.version("hello", second.version)).version == 2
    assert restarted.latest("hello") == second
    assert len(await restarted.versions("hello")) == 2
    assert prompt_of(other.latest("hello")).text.startswith("Greet twice")


async def test_a_process_hears_of_templates_that_another_one_publishes(folder, database):
    book, catalog = await opened(folder, database)
    await catalog.publish(HELLO, ANA, "New")
    shelf, other = await opened(folder, database)

    await book.publish(TWICE, ANA, "Twice")
    changed = await other.refresh()

    assert [one.id for one in changed] == ["hello"]
    assert prompt_of(other.latest("hello")).text.startswith("Greet twice")
    await book.publish(GREET, ANA, "Once")
    mine = await shelf.publish(TWICE, ANA, "Twice again")
    await shelf.refresh()
    assert [one.version for one in shelf.versions("greet")] == [4, 3, 2, 1]
    assert (mine.version, shelf.latest("greet").version) == (4, 4)


async def test_a_template_that_a_workflow_could_not_use_any_more_is_told_by_its_line(
    folder, database
):
    book, catalog = await opened(folder, database)
    await catalog.publish(HELLO, ANA, "New")
    needy = prompts.only(GREET.replace("{name: text,", "{name: text, tone: text,"), "t.yaml")

    [misfit] = await catalog.misfits(needy)

    assert await catalog.misfits(book.latest("greet")) == []
    assert str(misfit).startswith("hello:10: The template `greet` needs the input `tone`.")


def test_every_shipped_template_can_be_tested_and_every_workflow_finds_its_templates():
    found = prompt_folders.read([CONFIG / "prompts"])

    class Shipped:
        def find(self, name, version=None):
            one = found.templates.get(name)
            return replace(one.template, version=1) if one else None

        def names(self):
            return list(found.templates)

    workflows = folders.read([CONFIG / "workflows"], Shipped())

    assert found.complaints == workflows.complaints == []
    assert [name for name, one in found.templates.items() if not one.template.examples] == []
    for one in found.templates.values():
        for example in one.template.examples:
            assert prompt_asking.request(one.template, example.inputs, Purpose()).text
