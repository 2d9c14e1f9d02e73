"""Tried: no key, a key that is none, a key that was changed, a file that holds nothing, odd names."""

import os

import pytest

from opstream.adapters.vault import Vault
from opstream.errors import StoreUnavailable

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
OTHER = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="


async def test_a_secret_comes_back_and_the_database_never_sees_it(database):
    vault = Vault(database.sealed, KEY, None)

    await vault.put("slack/T1", "xoxb-very-secret")

    assert await vault.get("slack/T1") == "xoxb-very-secret"
    assert b"very-secret" not in (await database.sealed.load("slack/T1") or b"")


async def test_names_are_listed_by_their_beginning_and_removed(database):
    vault = Vault(database.sealed, KEY, None)
    for name in ("slack/T2", "slack/T1", "slack_T3", "gmail/ana"):
        await vault.put(name, "x")

    assert await vault.names("slack/") == ["slack/T1", "slack/T2"]
    assert await vault.remove("slack/T1")
    assert not await vault.remove("slack/T1")
    assert await vault.get("slack/T1") is None


async def test_a_new_key_seals_and_the_old_one_still_opens(database):
    await Vault(database.sealed, OTHER, None).put("a", "old")
    both = Vault(database.sealed, f"{KEY}, {OTHER}", None)
    await both.put("b", "new")

    assert await both.get("a") == "old"
    assert await Vault(database.sealed, KEY, None).get("b") == "new"
    with pytest.raises(StoreUnavailable, match="sealed with another key"):
        await Vault(database.sealed, KEY, None).get("a")


async def test_without_a_key_one_is_made_that_only_its_owner_can_read(database, tmp_path):
    await Vault(database.sealed, "", tmp_path).put("a", "kept")

    assert await Vault(database.sealed, "", tmp_path).get("a") == "kept"
    assert os.stat(tmp_path / "key").st_mode & 0o077 == 0


@pytest.mark.parametrize("written", ["short", "?", "ä" * 44, KEY[:-4]])
async def test_what_is_no_key_is_said(database, written):
    with pytest.raises(StoreUnavailable, match="holds something that is no key"):
        await Vault(database.sealed, written, None).put("a", "x")


async def test_where_machines_share_a_database_a_key_must_be_set(database):
    with pytest.raises(StoreUnavailable, match="Set OPSTREAM_KEY to the same key"):
        await Vault(database.sealed, "", None).put("a", "x")
