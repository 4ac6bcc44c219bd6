"""The same run on a scheduler and two workers that were started apart from it, on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from outfold.errors import OutfoldError
from outfold.study import run as runs
from outfold.study import versions
from outfold.study.cluster import connected
from outfold.study.execute import execute
from outfold.study.study import Choice, Validation
from outfold.study.workspace import Workspace
from tests.engine.study import hungry
from tests.engine.study.conftest import carry_out, study_of

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 240
"""Seconds for workers to start on a machine that has much else to do."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_open(address: str) -> None:
    """Wait until somebody listens at an address."""
    host, _, port = address.removeprefix("tcp://").partition(":")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A scheduler and two workers with a nanny and 1.3 GB each; the code is a copy of this one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    versions.mine.cache_clear()
    shutil.copytree(
        ROOT / "outfold", folder / "outfold", ignore=shutil.ignore_patterns("__pycache__")
    )
    versions.mine()
    environment = os.environ | {
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        "DASK_TEMPORARY_DIRECTORY": str(folder),
    }
    found = f"tcp://127.0.0.1:{free_port()}"
    dask = [sys.executable, "-m", "dask"]
    listen = ["--host", "127.0.0.1", "--no-dashboard"]
    commands = [[*dask, "scheduler", *listen, "--port", found.rpartition(":")[2]]]
    commands += 2 * [
        [*dask, "worker", found, *listen, "--nthreads", "1", "--memory-limit", "1.3GB",
         "--preload", "tests.engine.study.hungry"]
    ]  # fmt: skip
    started = [
        subprocess.Popen(c, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
        for c in commands
    ]
    wait_until_open(found)
    yield found
    for process in started:
        process.send_signal(signal.SIGINT)
    for process in started:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def predictions_of(workspace: Workspace, run: str) -> dict[str, np.ndarray]:
    """The out-of-fold probabilities of every candidate."""
    study = workspace.study(workspace.records.run(run).study)
    return {
        c.name: runs.predictions(workspace, run, c.name).probability for c in study.candidates()
    }


@pytest.mark.parametrize("shared", [None, False], ids=["shared storage", "table sent"])
def test_a_worker_killed_in_the_middle_changes_no_number(address, client, tmp_path, shared):
    """By an address alone and with a worker killed, a run gives what it gives on one machine."""
    near, far = Workspace(tmp_path / "near"), Workspace(tmp_path / "far")
    choices = {
        "models": (Choice("logistic"), Choice("decision_tree")),
        "selectors": (Choice("none"), Choice("anova_f")),
        "resamplers": (Choice("none"), Choice("class_weight")),
    }
    here = carry_out(near, study_of(near, **choices), client)
    with connected(address) as remote:
        remote.wait_for_workers(2, timeout=PATIENCE)
        study, killed = study_of(far, **choices), []

        def kill_one(event: tuple[str, str, str, float | None, str]) -> None:
            if event[0] == "finished" and event[2].startswith("fit ") and not killed:
                killed.append(next(iter(remote.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)

        run = runs.new_run(far, study, address, claimed=True)
        execute(far, run, remote, shared_storage=shared, told=kill_one)
    there = runs.result(far, run)
    assert killed
    assert there.state == "finished", there.reason
    assert [c.status for c in there.candidates] == ["finished"] * len(study.candidates())
    assert far.records.run(run).done == far.records.run(run).total
    expected = predictions_of(near, here.run)
    for name, probability in predictions_of(far, run).items():
        np.testing.assert_array_equal(probability, expected[name])
    assert not list((far.root / "work").glob("*"))
    assert not list(far.root.glob("reach-*"))


def test_a_candidate_that_needs_too_much_memory_fails_alone(address, workspace):
    """Its workers are stopped, its row tells the reason, and the others are measured."""
    hungry.offer()
    try:
        study = study_of(
            workspace,
            models=(Choice("logistic"), Choice("hungry"), Choice("decision_tree")),
            validation=Validation("holdout"),
        )
        with connected(address) as remote:
            remote.wait_for_workers(2, timeout=PATIENCE)
            found = carry_out(workspace, study, remote, shared_storage=None)
    finally:
        hungry.withdraw()
    assert found.state == "finished", found.reason
    status = {c.candidate.model.key: c.status for c in found.candidates}
    assert status == {
        "dummy": "finished", "logistic": "finished", "hungry": "failed", "decision_tree": "finished"
    }  # fmt: skip
    reason = found["none + none + hungry"].reason
    assert reason.startswith("It needed more memory than its worker may use (stopped at 1.")


def test_other_versions_are_told_in_one_sentence(address, workspace, monkeypatch):
    """A cluster that would compute other numbers is refused, and what differs is named."""
    with connected(address) as remote:
        remote.wait_for_workers(2, timeout=PATIENCE)
        here = versions.mine() | {"scikit-learn": "1.0.0"}
        monkeypatch.setattr(versions, "mine", lambda: here)
        found = carry_out(workspace, study_of(workspace), remote, shared_storage=None)
        assert found.state == "failed"
        assert "has scikit-learn" in found.reason
        assert "where here it is 1.0.0. Install the same versions" in found.reason
    with pytest.raises(OutfoldError, match=r"The scheduler at .* has scikit-learn .* where here"):
        connected(address).__enter__()


def test_no_scheduler_at_an_address_is_told_in_one_sentence():
    """A wrong address gives a sentence, not a traceback."""
    with (
        pytest.raises(OutfoldError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1"),
        connected(f"tcp://127.0.0.1:{free_port()}"),
    ):
        pass
