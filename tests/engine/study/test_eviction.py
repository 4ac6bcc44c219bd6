"""The limit of the store: who goes first, who stays, and what a kill leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from outfold.errors import LetGoError, ParameterError
from outfold.judge.leaderboard import leaderboard
from outfold.study import eviction, value
from outfold.study import run as runs
from outfold.study.execute import execute
from outfold.study.plan import Plan, Step
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import carry_out, study_of

ROOT = Path(__file__).resolve().parents[3]
MEGABYTE = 1_000_000


def keep(workspace: Workspace, key: str, seconds: float, megabytes: float = 2.9) -> None:
    """Store a fit of some size that took some seconds."""
    arrays = {"rows": np.zeros(int(megabytes * MEGABYTE / 8))}
    workspace.save_step(key, "fit", {}, arrays, seconds)


def left(workspace: Workspace) -> set[str]:
    """The fits whose predictions are still there."""
    return set(workspace.held([f"fit-{c}" for c in "abcdefgh"]))


@pytest.fixture
def ten(workspace, monkeypatch) -> Workspace:
    """A workspace with a limit of ten megabytes."""
    monkeypatch.setenv("OUTFOLD_CACHE_MB", "10")
    return workspace


def test_nothing_goes_while_there_is_room(ten):
    """Below the limit everything stays."""
    keep(ten, "fit-a", 1.0)
    keep(ten, "fit-b", 1.0)
    assert eviction.keep_within(ten) == eviction.Freed()
    assert left(ten) == {"fit-a", "fit-b"}


def test_the_cheapest_for_its_size_goes_first(ten):
    """Seconds for each byte decide, not seconds alone: the large dear one is worth less a byte."""
    keep(ten, "fit-a", 9.0, 6.0)
    keep(ten, "fit-b", 5.0, 2.0)
    keep(ten, "fit-c", 3.0, 3.0)
    freed = eviction.keep_within(ten)
    assert left(ten) == {"fit-a", "fit-b"}
    assert freed.steps == 1
    assert freed.bytes == pytest.approx(3 * MEGABYTE, rel=0.01)
    assert eviction.use(ten).bytes < 10 * MEGABYTE


def test_what_was_used_lately_stays_longer(ten):
    """Of two that cost the same, the one that was of use after the clock rose stays."""
    for name in "abc":
        keep(ten, f"fit-{name}", 2.0)
    keep(ten, "fit-d", 1.0)
    eviction.keep_within(ten)
    assert left(ten) == {"fit-a", "fit-b", "fit-c"}
    ten.records.used_steps(["fit-a"])
    keep(ten, "fit-e", 4.0)
    eviction.keep_within(ten)
    assert "fit-a" in left(ten)
    assert "fit-b" not in left(ten)


def test_what_is_dear_but_never_used_goes_in_the_end(ten):
    """The clock overtakes every rank: nothing is kept for ever because it once cost much."""
    keep(ten, "fit-a", 10.0)
    rounds = 0
    while "fit-a" in left(ten) and rounds < 12:
        rounds += 1
        keep(ten, "fit-b", 3.0)
        keep(ten, "fit-c", 3.0)
        keep(ten, "fit-d", 3.0)
        eviction.keep_within(ten)
    assert 2 <= rounds < 12


def test_what_a_fit_costs_again_counts_the_steps_before_it(workspace):
    """A quick model after a slow resampling is dear to compute again; its selection is stored."""
    from outfold.study.timings import Timing

    def took(step: str, kind: str, seconds: float) -> Timing:
        return Timing(step, kind, "x", "{}", 10, 1, 1, 2, seconds)

    timings = [took("p", "prepare", 1.0), took("s", "select", 50.0), took("r", "resample", 7.0),
               took("fit-a", "fit", 0.5)]  # fmt: skip
    arrays = {"rows": np.zeros(125_000)}
    workspace.save_step("fit-a", "fit", {}, arrays, 0.5, timings)
    with workspace.records.exclusive() as db:
        seconds, rank = db.execute("SELECT seconds, priority FROM steps").fetchone()
    assert seconds == pytest.approx(8.5)
    assert rank == pytest.approx(8.5, rel=0.01)


def plan_with(*fits: str) -> Plan:
    """A plan of some fits."""
    steps = tuple(Step(f, "fit", "logistic", (), "", 0, f) for f in fits)
    return Plan("k", steps, {f: (f,) for f in fits}, dict.fromkeys(fits, ()), (8,), (2,))


def begin(workspace: Workspace, run: str, plan: Plan) -> None:
    """Write down a run that this process carries out."""
    workspace.records.save_study("k", "{}")
    workspace.records.add_run(run, "k", "", claimed=True)
    workspace.records.set_plan(run, len(plan.fits), plan.to_json())


def test_steps_of_a_run_in_progress_are_never_let_go(ten):
    """Even where they alone are more than the limit; once the run has ended they may go."""
    begin(ten, "going", plan_with("fit-a", "fit-b", "fit-c", "fit-d"))
    for name in "abcd":
        keep(ten, f"fit-{name}", 0.001)
    keep(ten, "fit-e", 100.0)
    eviction.keep_within(ten)
    assert left(ten) == {"fit-a", "fit-b", "fit-c", "fit-d"}
    ten.records.finish("going", "finished")
    eviction.keep_within(ten)
    assert len(left(ten)) == 3


def test_steps_of_a_run_whose_process_died_may_go(ten):
    """What nobody carries out any more is not in progress."""
    begin(ten, "dead", plan_with("fit-a", "fit-b", "fit-c", "fit-d"))
    with ten.records.exclusive() as db:
        db.execute("UPDATE runs SET owner = '999999999:1.00'")
    for name in "abcd":
        keep(ten, f"fit-{name}", 1.0)
    eviction.keep_within(ten)
    assert len(left(ten)) == 3


def test_samples_of_a_run_in_progress_are_its_steps_too(ten):
    """A first look at a sample has fits of its own."""
    import dataclasses

    whole = dataclasses.replace(plan_with("fit-a"), samples=(plan_with("fit-b"),))
    assert eviction.fits_of(whole.to_json()) == {"fit-a", "fit-b"}
    assert eviction.fits_of("") == frozenset()


def test_what_only_other_runs_use_can_be_let_go_at_once(workspace):
    """What would go is told before; scores and rows stay; a second time there is nothing."""
    for name in "abc":
        keep(workspace, f"fit-{name}", 1.0)
    begin(workspace, "kept", plan_with("fit-a"))
    workspace.records.finish("kept", "finished")
    told = eviction.let_go_unused(workspace, ["kept"], really=False)
    assert left(workspace) == {"fit-a", "fit-b", "fit-c"}
    assert eviction.let_go_unused(workspace, ["kept"]) == told
    assert told.steps == 2
    assert left(workspace) == {"fit-a"}
    assert workspace.gone(["fit-a", "fit-b", "fit-z"]) == {"fit-b"}
    assert eviction.let_go_unused(workspace, ["kept"]) == eviction.Freed()


def test_the_limit_is_set_by_the_environment_or_by_the_app(workspace, monkeypatch):
    """The environment comes first, and then the app cannot change it."""
    assert eviction.limit_mb(workspace) == (eviction.DEFAULT_MB, False)
    for name in "abcdefgh":
        keep(workspace, f"fit-{name}", 1.0)
    freed = eviction.set_limit(workspace, 12)
    assert eviction.limit_mb(workspace) == (12, False)
    assert freed.steps == 5
    assert eviction.use(workspace).limit == 12 * MEGABYTE
    monkeypatch.setenv("OUTFOLD_CACHE_MB", "50")
    assert eviction.limit_mb(workspace) == (50, True)
    monkeypatch.setenv("OUTFOLD_CACHE_MB", "much")
    with pytest.raises(ParameterError, match="whole number of megabytes"):
        eviction.limit_mb(workspace)
    with pytest.raises(ParameterError, match="at least 10 MB"):
        eviction.set_limit(workspace, 3)


def test_a_kill_between_file_and_row_leaves_nothing_dangling(ten, monkeypatch):
    """Files gone, rows not: they count as let go at once, and the sweep writes it down."""
    for name in "abcd":
        keep(ten, f"fit-{name}", 1.0)
    really = ten.remove_arrays

    def killed(key: str) -> None:
        really(key)
        raise KeyboardInterrupt

    monkeypatch.setattr(ten, "remove_arrays", killed)
    with pytest.raises(KeyboardInterrupt):
        eviction.keep_within(ten)
    monkeypatch.setattr(ten, "remove_arrays", really)
    assert ten.gone(["fit-a", "fit-b", "fit-c", "fit-d"]) == {"fit-a"}
    eviction.sweep(ten)
    assert ten.records.step_bytes(["fit-a"]) == {"fit-a": 0}
    assert left(ten) == {"fit-b", "fit-c", "fit-d"}


def test_files_that_no_row_knows_are_swept_once_they_are_old(workspace):
    """A writer may be about to add the row, so young files stay."""
    keep(workspace, "fit-a", 1.0)
    folder = workspace.root / "steps" / "fi"
    for name in ("fit-z.npz", "tmp1234"):
        (folder / name).write_bytes(b"left behind")
    assert eviction.sweep(workspace).steps == 0
    for path in folder.iterdir():
        os.utime(path, (time.time() - 7200,) * 2)
    assert eviction.sweep(workspace).steps == 2
    assert {p.name for p in folder.iterdir()} == {"fit-a.npz"}


def test_a_process_killed_while_it_stores_and_lets_go_harms_nothing(ten):
    """SIGKILL at several moments: what is said to be there is whole, and the sweep repairs."""
    code = (
        "import sys, numpy as np\n"
        "from pathlib import Path\n"
        "from outfold.study import eviction\n"
        "from outfold.study.workspace import Workspace\n"
        "workspace, i = Workspace(Path(sys.argv[1])), int(sys.argv[2])\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    i += 1\n"
        "    arrays = {'rows': np.full(40_000, i)}\n"
        "    workspace.save_step(f'fit-{i}', 'fit', {'i': i}, arrays, 0.1 * (i % 7))\n"
        "    if i % 5 == 0: eviction.keep_within(workspace)\n"
    )
    for attempt, delay in enumerate((0.35, 0.8, 1.3)):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(ten.root), str(100_000 * attempt)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        process.stdout.close()
    with ten.records.exclusive() as db:
        rows = dict(db.execute("SELECT key, bytes FROM steps").fetchall())
    assert len(rows) > 10
    for key in ten.held(list(rows)):
        arrays = ten.step_arrays(key)
        assert arrays is not None
        assert set(arrays["rows"]) == {int(key.removeprefix("fit-"))}
    for path in ten.step_files():
        os.utime(path, (time.time() - 7200,) * 2)
    eviction.sweep(ten)
    eviction.keep_within(ten)
    with ten.records.exclusive() as db:
        kept = {row[0] for row in db.execute("SELECT key FROM steps WHERE bytes > 0")}
        assert value.clock(db) > 0
    assert {p.stem for p in ten.step_files()} == kept == set(ten.held(list(kept)))
    assert eviction.use(ten).bytes <= 10 * MEGABYTE


@pytest.mark.cluster
def test_a_run_whose_predictions_were_let_go_keeps_its_leaderboard_and_can_be_resumed(
    client, workspace
):
    """Scores stay; curves say what happened; resuming gives the same predictions again."""
    study = study_of(workspace)
    first = carry_out(workspace, study, client)
    name = first.candidates[1].name
    before = runs.predictions(workspace, first.run, name).probability
    board = leaderboard(first)
    assert eviction.let_go_unused(workspace, []).steps == 3 * len(study.candidates())
    after = runs.result(workspace, first.run)
    assert [c.status for c in after.candidates] == ["finished"] * len(study.candidates())
    assert leaderboard(after).frame().equals(board.frame())
    with pytest.raises(LetGoError, match="let go to make room"):
        runs.predictions(workspace, first.run, name)
    with workspace.records.exclusive() as db:
        db.execute("DELETE FROM scores")
    unscored = runs.result(workspace, first.run).candidates[1]
    assert (unscored.status, unscored.reason) == ("cancelled", runs.UNSCORED)
    workspace.records.requeue(first.run)
    assert workspace.records.take_queued() == first.run
    execute(workspace, first.run, client)
    assert workspace.records.run(first.run).reused == 0
    np.testing.assert_array_equal(runs.predictions(workspace, first.run, name).probability, before)
