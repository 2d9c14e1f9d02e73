"""The benchmarks still run, and count right; what they find is no matter of tests."""

from benchmarks import bulk, restart, steps
from benchmarks.measure import Figure, percentile, ratio
from benchmarks.peers import contenders, ours_work, places, workloads
from benchmarks.peers.contenders import OURS, Contender
from benchmarks.peers.table import COLUMNS, Results
from tests import logs

PEER = Contender("Peer", "sqlite", "peer_work")
MINE = Contender(OURS, "sqlite", "ours_work")


def test_a_percentile_is_the_nearest_rank():
    values = [4.0, 1.0, 3.0, 2.0]

    assert percentile(values, 0.50) == 2.0
    assert percentile(values, 0.99) == 4.0
    assert percentile([7.0], 0.50) == 7.0


def test_figures_are_compared_round_by_round():
    ours = Figure("ours", "ms", (2.0, 9.0, 4.0))
    peer = Figure("peer", "ms", (1.0, 3.0, 4.0))

    compared = ratio("ours against the peer", ours, peer)

    assert compared.rounds == (2.0, 3.0, 1.0)
    assert compared.median == 2.0
    assert (ours.median, ours.best) == (4.0, 2.0)


def test_the_engine_can_be_measured():
    size = steps.Size(rounds=1, workflows=4, steps=2, long_steps=5, parked=100, presses=3)

    with logs.put_back():
        outcome = steps.measure(size)

    assert all(value > 0 for figure in outcome.figures for value in figure.rounds)
    assert [one.bar for one in outcome.ratios] == ["", "", "", "1"]


def test_a_restart_can_be_measured():
    size = restart.Size(
        rounds=1, at_rest=30, under_way=3, step_seconds=20, settle_seconds=0, idle_seconds=0.1
    )

    outcome = restart.measure(size)

    found = {figure.name: figure.median for figure in outcome.figures}
    first = found["kill -9 → first step goes on, 3 under way"]
    assert 0 < first <= found["kill -9 → all 3 under way go on"]
    assert "30 runs at rest were written" in outcome.remarks[0]


def test_long_runs_can_be_measured():
    outcome = bulk.measure(bulk.Size(rounds=1, steps=20, runs=20))

    assert all(figure.median > 0 for figure in outcome.figures if figure.unit == "s")


async def test_our_side_of_the_comparison_does_all_the_work(tmp_path):
    flows = {"chain3": ours_work.engine.chain("chain3", 3), "asks": ours_work.ASKS}
    with logs.put_back(), (tmp_path / "notes").open("a+") as notes:
        async with ours_work.engine.running(tmp_path, flows, ours_work.Paused()) as running:
            ours = ours_work.OpStream(running, {}, notes)

            many = await workloads.chains(ours, runs=4, steps=3, pauses=True)
            await workloads.park(ours, first=0, last=6)
            waiting = len(running.watch.resting)
            pressed = await workloads.press(ours, numbers=[1, 2])
            await workloads.wake(ours, numbers=[0, 3, 4, 5])

            assert await ours.durability() == "journal_mode wal, synchronous 2"
            assert (waiting, len(running.watch.resting)) == (6, 0)
            assert len(running.watch.ended) == 10
            assert many["per_second"] > 0
            assert 0 < pressed["p50_ms"] <= pressed["p99_ms"]


def test_every_engine_has_the_same_pauses():
    spread = [workloads.share(f"w1-7:{step}") for step in range(200)]

    assert spread == [workloads.share(f"w1-7:{step}") for step in range(200)]
    assert min(spread) < 0.1
    assert max(spread) > 0.9
    assert 0.4 < sum(spread) / 200 < 0.6


def test_the_table_says_how_many_times_better_we_are(capsys):
    found = Results([MINE, PEER])
    found.note(MINE, [("W1", 300.0), ("W1 p99", 0.5), ("W1", 100.0), ("W1 p99", 0.5)])
    found.note(PEER, [("W1", 10.0), ("W1 p99", 2.0), ("W1", 10.0), ("W1 p99", 1.0)])

    found.report()

    said = capsys.readouterr().out.splitlines()
    cells = said[-3].split(" | ")
    assert cells[0] == "| sqlite"
    assert cells[2:4] == ["20.0 [10.0 to 30.0]", "3.00 [2.00 to 4.00]"]
    assert len(cells) == len(COLUMNS) + 2


def test_each_contender_gets_an_empty_database_of_its_own(tmp_path):
    given = places.Places(tmp_path, server=None)

    found = [tuple(given.new(one)) for one in contenders.ALL if one.database == "sqlite"]

    assert len(set(found)) == len(found)
    assert not any(path.is_file() for path in tmp_path.iterdir())


def test_a_peer_whose_environment_cannot_be_made_is_left_out_with_a_sentence(tmp_path, capsys):
    no_folder = tmp_path / "a file"
    no_folder.touch()
    peer = Contender("DBOS", "sqlite", "dbos_work", peer="dbos")

    left = contenders.available([MINE, peer], no_folder)

    assert left == [MINE]
    assert "dbos is left out: its environment in" in capsys.readouterr().out
