"""What was done stays done, once, whatever dies in between."""

import sqlite3
import subprocess
import sys
from datetime import timedelta

import pytest

from opstream.playground.estate.errors import Refused
from opstream.playground.estate.remedies import Order
from opstream.playground.estate.store import Store
from tests.playground.estate.bench import NOW

RAISE_POOL = Order("set_pool_size", "checkout", 16)
DIES_BEFORE_ANSWERING = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from opstream.playground.estate.remedies import Order
from opstream.playground.estate.store import Store
now = datetime.fromisoformat(sys.argv[2])
store = Store(Path(sys.argv[1]), now)
store.carry_out(Order("set_pool_size", "checkout", 16), "run:fix:1", now)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path, NOW)
    yield store
    store.close()


def test_a_fresh_estate_has_the_small_pool_and_no_change(store):
    assert store.estate().latest.settings["checkout"].pool_size == 8
    assert list(store.estate().latest.faults) == ["pool_too_small"]
    assert store.changes() == []


def test_the_same_key_gets_the_first_answer_and_does_nothing_twice(store):
    first = store.carry_out(RAISE_POOL, "run:fix:1", NOW)
    store.carry_out(Order("set_pool_size", "checkout", 20), "other", NOW)

    again = store.carry_out(RAISE_POOL, "run:fix:1", NOW + timedelta(hours=1))

    assert again == first
    assert [change.idempotency_key for change in store.changes()] == ["run:fix:1", "other"]
    assert store.estate().latest.settings["checkout"].pool_size == 20


def test_without_a_key_every_write_counts(store):
    first = store.carry_out(RAISE_POOL, "", NOW)
    second = store.carry_out(RAISE_POOL, "", NOW)

    assert (first.changed, second.changed) == (True, False)
    assert len(store.changes()) == 2


def test_a_key_cannot_be_used_for_another_change(store):
    store.carry_out(RAISE_POOL, "key", NOW)

    with pytest.raises(Refused, match="was already used for set_pool_size on checkout"):
        store.carry_out(Order("restart_service", "web"), "key", NOW)


def test_a_refused_order_leaves_no_trace_and_frees_its_key(store):
    with pytest.raises(Refused):
        store.carry_out(Order("set_pool_size", "checkout", 0), "key", NOW)

    assert store.changes() == []
    assert store.carry_out(RAISE_POOL, "key", NOW).changed


def test_everything_is_there_after_a_restart(store, tmp_path):
    store.carry_out(RAISE_POOL, "key", NOW)
    store.carry_out(Order("set_fault", "bad_deploy", True), "", NOW + timedelta(minutes=1))

    reopened = Store(tmp_path, NOW + timedelta(days=1), seed=9)

    assert reopened.estate() == store.estate()
    assert reopened.changes() == store.changes()
    reopened.close()


def test_two_servers_on_one_folder_see_each_other(store, tmp_path):
    other = Store(tmp_path, NOW)

    first = other.carry_out(RAISE_POOL, "key", NOW)

    assert store.carry_out(RAISE_POOL, "key", NOW) == first
    assert store.estate() == other.estate()
    other.close()


def test_killed_between_doing_and_answering_a_write_is_done_once(tmp_path):
    died = subprocess.run(
        [sys.executable, "-c", DIES_BEFORE_ANSWERING, str(tmp_path), NOW.isoformat()], check=False
    )
    store = Store(tmp_path, NOW)

    answer = store.carry_out(RAISE_POOL, "run:fix:1", NOW + timedelta(minutes=1))

    assert died.returncode == -9
    assert (answer.changed, answer.before, answer.after, answer.at) == (True, 8, 16, NOW)
    assert len(store.changes()) == 1
    store.close()


def test_a_clock_that_is_set_back_does_not_reorder_changes(store):
    store.carry_out(RAISE_POOL, "", NOW)

    later = store.carry_out(Order("set_timeout", "web", 3.0), "", NOW - timedelta(hours=2))

    assert later.at == NOW


@pytest.mark.parametrize("statement", ["DELETE FROM changes", "UPDATE changes SET tool = 'x'"])
def test_the_record_cannot_be_edited(store, tmp_path, statement):
    store.carry_out(RAISE_POOL, "", NOW)
    intruder = sqlite3.connect(tmp_path / "estate.sqlite3")

    with pytest.raises(sqlite3.IntegrityError, match="a change is never"):
        intruder.execute(statement)

    intruder.close()
