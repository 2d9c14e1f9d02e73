"""What one process publishes starts on the others a moment later."""

from datetime import UTC, datetime, timedelta

from opstream.adapters.queues.sharing import Sharing
from opstream.definitions.catalog import Catalog
from opstream.domain.person import Who
from opstream.errors import StoreUnavailable
from tests.adapters.store.sharing import ask, process
from tests.contracts.waiting import until

ANA = Who("U1", "Ana")
GREETING = "id: greet\ntitle: Greet\nsteps:\n  - notify: Hello\n"


class Noon:
    def now(self):
        return datetime(2026, 5, 4, 12, tzinfo=UTC)


def known(catalog):
    return [(one.id, one.version) for one in catalog.listed()]


async def test_a_workflow_that_another_process_publishes_is_known_without_being_asked_for(url):
    here, there = await process(url, "here"), await process(url, "there")
    catalog = Catalog([], here.workflows, Noon())
    await catalog.load()
    sharing = Sharing(url, "here", timedelta(seconds=6), works=True)
    sharing.keep_known(catalog.refresh)
    await sharing.start(here.workers)
    try:
        terminal = Catalog([], there.workflows, Noon())  # hears and sends no notes
        await terminal.publish(GREETING, ANA, "New.")
        await until(lambda: known(catalog) == [("greet", 1)], seconds=5)
        await terminal.publish(GREETING.replace("Hello", "Hi"), ANA, "Shorter.")
        await until(lambda: known(catalog) == [("greet", 2)], seconds=5)
    finally:
        await sharing.stop()
        await here.close()
        await there.close()


async def test_it_is_looked_up_again_when_the_notes_were_broken_off_or_the_database_was_away(url):
    here = await process(url, "here")
    looks: list[str] = []

    async def refresh():
        looks.append("look")
        if len(looks) == 1:
            raise StoreUnavailable("The database does not answer.")

    sharing = Sharing(url, "here", timedelta(seconds=6), works=False)
    sharing.keep_known(refresh)
    await sharing.start(here.workers)
    try:
        await until(lambda: len(looks) == 2)
        ask(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'opstream here listens'",
        )
        await until(lambda: len(looks) == 3)
    finally:
        await sharing.stop()
        await here.close()
