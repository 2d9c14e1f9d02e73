"""Roles and the audit trail, as people meet them in Slack."""

import pytest


@pytest.fixture
async def cleo(join):
    """Cleo, an admin."""
    return await join("U0CLEO0001")


async def test_a_role_is_given_used_taken_and_all_of_it_is_told(ana, bo, cleo):
    await ana.command("/opstream role <@U0ANA00001> admin")
    await ana.told("you need the role `admin`")

    await cleo.command("/opstream role <@U0ANA00001> admin")
    await cleo.told("is `admin` now")
    await ana.command("/opstream audit role.given")
    await ana.told("Audit trail")

    await cleo.command("/opstream role <@U0ANA00001> -admin")
    await cleo.told("is not `admin` any more")
    await ana.command("/opstream audit")
    await ana.told("To read the audit trail you need the role `admin`")


async def test_the_last_admin_keeps_the_role(cleo):
    await cleo.command("/opstream role <@U0CLEO0001> -admin")
    await cleo.told("the last admin")
