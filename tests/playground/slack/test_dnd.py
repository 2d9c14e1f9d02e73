"""Who does not want to be disturbed, as Slack tells it."""

from pathlib import Path

from tests.playground.slack.harness import ANA, BO, Clock, client, error, running


async def test_a_snooze_is_told_until_it_is_over(tmp_path: Path) -> None:
    clock = Clock()
    async with running(tmp_path, clock=clock, rates_enforced=False) as playground:
        web = client(playground)
        playground._hub.workspace.snoozes[ANA] = clock.now + 3_600

        during, other = await web.dnd_info(user=ANA), await web.dnd_info(user=BO)
        clock.pass_seconds(3_600)
        after = await web.dnd_info(user=ANA)

    assert during["snooze_enabled"] is True
    assert during["snooze_endtime"] == int(clock.now)
    assert (other["snooze_enabled"], other["dnd_enabled"]) == (False, False)
    assert (after["snooze_enabled"], after.get("snooze_endtime")) == (False, None)


async def test_a_team_is_told_without_its_snoozes_and_without_strangers(tmp_path: Path) -> None:
    async with running(tmp_path, rates_enforced=False) as playground:
        web = client(playground)
        found = await web.dnd_teamInfo(users=f"{ANA}, {BO},U0NOBODY01")

        assert set(found["users"]) == {ANA, BO}
        assert "snooze_enabled" not in found["users"][ANA]


async def test_strangers_and_crowds_are_refused(tmp_path: Path) -> None:
    async with running(tmp_path, rates_enforced=False) as playground:
        web = client(playground)

        assert await error(web.dnd_info(user="U0NOBODY01")) == "user_not_found"
        many = [f"U{number:09}" for number in range(51)]
        assert await error(web.dnd_teamInfo(users=many)) == "too_many_users"
