"""Versions from files and from the chat: the one that was published last is what starts."""

import pytest

from opstream.adapters.store.database import Database
from opstream.definitions.catalog import Catalog
from opstream.domain.person import Who
from opstream.errors import DefinitionErrors, NotFound
from tests.definitions.test_catalog import Noon

ANA = Who("U1", "Ana")


def greeting(word):
    return f"id: greet\ntitle: Greet\nsteps:\n  - notify: {word}\n"


def says(workflow):
    return workflow.version, workflow.steps[0].work.text


@pytest.fixture
async def archive(tmp_path):
    database = await Database.open(tmp_path / "data")
    yield database.workflows
    await database.close()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "workflows"
    path.mkdir()
    return path


async def loaded(folder, archive):
    catalog = Catalog([folder], archive, Noon())
    await catalog.load()
    return catalog


async def test_what_is_written_in_the_chat_starts_at_once_and_after_a_restart(folder, archive):
    catalog = await loaded(folder, archive)

    workflow = await catalog.publish(greeting("Hello"), ANA, "We are polite.")

    assert says(workflow) == says(catalog.latest("greet")) == (1, "Hello")
    assert says((await loaded(folder, archive)).latest("greet")) == (1, "Hello")
    [version] = await catalog.versions("greet")
    assert (version.by, version.why, version.file) == (ANA, "We are polite.", "")
    assert await catalog.source("greet", 1) == greeting("Hello")


async def test_the_chat_goes_before_a_file_until_that_gets_another_text(folder, archive):
    (folder / "greet.yaml").write_text(greeting("Hello"))
    catalog = await loaded(folder, archive)
    await catalog.publish(greeting("Hi"), ANA, "Shorter.")

    unchanged = await loaded(folder, archive)
    (folder / "greet.yaml").write_text(greeting("Good day"))
    changed = await loaded(folder, archive)

    assert says(unchanged.latest("greet")) == (2, "Hi")
    assert says(changed.latest("greet")) == (3, "Good day")
    assert [one.file for one in await changed.versions("greet")] == ["greet.yaml", "", "greet.yaml"]


async def test_a_text_of_the_chat_that_was_copied_to_the_file_is_nothing_new(folder, archive):
    (folder / "greet.yaml").write_text(greeting("Hello"))
    catalog = await loaded(folder, archive)
    await catalog.publish(greeting("Hi"), ANA, "Shorter.")
    await catalog.publish(greeting("Hey"), ANA, "Even shorter.")
    (folder / "greet.yaml").write_text(greeting("Hi"))

    assert says((await loaded(folder, archive)).latest("greet")) == (3, "Hey")


async def test_another_process_learns_of_it_by_looking_or_by_meeting_it(folder, archive):
    here, there, elsewhere = [await loaded(folder, archive) for _ in range(3)]
    await here.publish(greeting("Hello"), ANA, "New.")

    assert [says(one) for one in await there.refresh()] == [(1, "Hello")]
    assert await there.refresh() == []
    await here.publish(greeting("Hi"), ANA, "Shorter.")
    assert says(await there.version("greet", 2)) == (2, "Hi")
    assert says(there.latest("greet")) == (2, "Hi")
    assert says(await elsewhere.version("greet", 1)) == (1, "Hello")
    with pytest.raises(NotFound):
        elsewhere.latest("greet")


async def test_a_text_with_faults_is_not_published(folder, archive):
    catalog = await loaded(folder, archive)
    two = "workflows: {a: {tools: [x]}, b: {tools: [x]}}"

    with pytest.raises(DefinitionErrors, match="the text:3: The workflow has no steps"):
        await catalog.publish("id: a\ntitle: A\nsteps: []", ANA, "x")
    with pytest.raises(DefinitionErrors, match=r"This holds 2 workflows\. Write one at a time\."):
        await catalog.publish(two, ANA, "x")
    assert catalog.listed() == []


async def test_the_difference_to_the_newest_version_is_shown(folder, archive):
    catalog = await loaded(folder, archive)
    await catalog.publish(greeting("Hello"), ANA, "New.")

    assert await catalog.difference("greet", greeting("Hello")) == ""
    assert await catalog.difference("greet", greeting("Hi")) == (
        "--- version 1\n+++ new\n@@ -1,4 +1,4 @@\n id: greet\n title: Greet\n steps:\n"
        "-  - notify: Hello\n+  - notify: Hi"
    )
    assert (await catalog.difference("other", "id: other")).endswith("@@ -0,0 +1 @@\n+id: other")


async def test_a_webhook_belongs_to_one_workflow(folder, archive):
    hook = "triggers:\n  - {webhook: shop, secret: SHOP}\n"
    (folder / "a.yaml").write_text(greeting("Hello") + hook)
    (folder / "b.yaml").write_text(greeting("Hello").replace("greet", "other") + hook)
    catalog = await loaded(folder, archive)
    said = ":6: The webhook `shop` belongs to `greet` already. Give it another name."

    assert [str(one) for one in catalog.complaints()] == [f"b.yaml{said}"]
    assert [one.id for one in catalog.listed()] == ["greet"]
    with pytest.raises(DefinitionErrors, match="the text:6: The webhook `shop` belongs to `greet`"):
        await catalog.publish(greeting("Hello").replace("greet", "other") + hook, ANA, "x")
    assert (await catalog.publish(greeting("Hi") + hook, ANA, "x")).version == 2


async def test_names_of_workflows_that_may_come_later_are_doubts_only(folder, archive):
    text = (
        "id: a\ntitle: A\nsteps:\n  - run: geet\n  - run: greet\ntriggers:\n  - {after: nothing}\n"
    )
    (folder / "a.yaml").write_text(text)
    (folder / "b.yaml").write_text(greeting("Hello"))
    catalog = await loaded(folder, archive)

    assert catalog.complaints() == ()
    assert [str(one) for one in catalog.warnings()] == [
        "a.yaml:4: There is no workflow `geet`, which this one names. Did you mean `greet`?",
        "a.yaml:7: There is no workflow `nothing`, which this one names. Use one of `a`, `greet`.",
    ]
    await catalog.publish(greeting("Hi").replace("greet", "geet"), ANA, "It was missing.")
    assert len(catalog.warnings()) == 1


async def test_a_file_does_not_take_the_webhook_of_what_was_written_in_the_chat(folder, archive):
    hook = "triggers:\n  - {webhook: shop, secret: SHOP}\n"
    first = await loaded(folder, archive)
    await first.publish(greeting("Hello") + hook, ANA, "New.")
    (folder / "other.yaml").write_text(greeting("Hi").replace("greet", "other") + hook)

    catalog = await loaded(folder, archive)

    [fault] = catalog.complaints()
    assert fault.problem == "The webhook `shop` belongs to `greet` already."
    assert [one.id for one in catalog.listed()] == ["greet"]


def running(name, *others):
    steps = [f"{{id: s{number}, run: {other}}}" for number, other in enumerate(others)]
    lines = "".join(f"  - {one}\n" for one in steps or ["notify: x"])
    return f"id: {name}\ntitle: {name}\nsteps:\n{lines}"


async def test_workflows_that_run_each_other_in_a_circle_are_refused(folder, archive):
    catalog = await loaded(folder, archive)
    await catalog.publish(running("c"), ANA, "New.")
    await catalog.publish(running("b", "c"), ANA, "New.")
    await catalog.publish(running("a", "b"), ANA, "New.")

    with pytest.raises(DefinitionErrors) as caught:
        await catalog.publish(running("c", "a"), ANA, "Round and round.")

    assert str(caught.value) == (
        "the text:4: `c` runs `a`, which runs `b`, which runs `c`: they would start each other without "
        "an end. Take one of these steps out, or start one of the workflows by a trigger."
    )
    assert catalog.latest("c").version == 1


async def test_of_files_that_run_each_other_the_one_that_closes_the_circle_is_kept_out(
    folder, archive
):
    (folder / "a.yaml").write_text(running("a", "b"))
    loop = "{items: '{{ inputs.all }}', steps: [{id: once, run: a}]}"
    inputs = "id: b\ntitle: B\ninputs: {all: text}\n"
    (folder / "b.yaml").write_text(f"{inputs}steps:\n  - {{id: each, for_each: {loop}}}\n")
    (folder / "c.yaml").write_text(running("c", "a", "a"))

    catalog = await loaded(folder, archive)

    [fault] = catalog.complaints()
    assert (fault.file, fault.problem.partition(":")[0]) == (
        "b.yaml",
        "`b` runs `a`, which runs `b`",
    )
    assert [one.id for one in catalog.listed()] == ["a", "c"]


async def test_what_another_process_published_and_cannot_be_read_here_is_complained_of_once(
    folder, archive
):
    catalog = await loaded(folder, archive)
    await archive.publish("greet", "id: [greet\n", "", Noon().now(), ANA, "")

    for _ in range(2):
        await catalog.refresh()

    (told,) = catalog.complaints()
    assert told.file == "greet"
    assert catalog.listed() == []
