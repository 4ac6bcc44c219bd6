"""The run service: a process of its own that outlives tabs and apps, and can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from outfold.study import run as runs
from outfold.study import service
from outfold.study.study import Choice
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import study_of

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).resolve().parents[3]


def until(condition: Callable[[], bool], seconds: float = 240.0) -> bool:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def services(workspace: Workspace) -> list[psutil.Process]:
    """The service processes of a workspace."""
    return [
        p
        for p in psutil.process_iter(["cmdline"])
        if "outfold.study.service" in (p.info["cmdline"] or [])
        and str(workspace.root) in p.info["cmdline"]
    ]


@pytest.fixture
def served(workspace: Workspace) -> Iterator[Workspace]:
    """A workspace whose service is stopped after the test, whatever happens."""
    yield workspace
    for process in services(workspace):
        for child in process.children(recursive=True):
            child.kill()
        process.kill()


def test_a_run_outlives_the_process_that_asked_for_it(served):
    """A process starts a run and ends; the service carries it out and then leaves too."""
    study = study_of(served)
    served.save_study(study)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from outfold.study import run\n"
        "from outfold.study.workspace import Workspace\n"
        "workspace = Workspace(Path(sys.argv[1]))\n"
        "print(run.start(workspace, workspace.study(sys.argv[2])))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(served.root), study.key],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    run = done.stdout.strip()
    assert until(lambda: runs.progress(served, run).has_ended)
    found = runs.result(served, run)
    assert found.state == "finished", found.reason
    assert len(found.finished()) == 2
    assert until(lambda: not services(served), 60)


def test_two_asks_start_one_service(served):
    """The lock lets one process serve a workspace."""
    study = study_of(served)
    first, second = runs.start(served, study), runs.start(served, study.replace(seed=1))
    assert until(lambda: all(runs.progress(served, r).has_ended for r in (first, second)))
    assert len(services(served)) == 1


def test_a_killed_service_is_told_and_the_run_resumed(served):
    """After a kill at any moment the run is shown as interrupted; resuming reuses what is kept."""
    slow = Choice.of("random_forest", n_estimators=600)
    study = study_of(served, n_rows=3000, models=(Choice("logistic"), slow))
    run = runs.start(served, study)
    assert until(lambda: served.records.run(run).done > 0)
    (process,) = services(served)
    workers = process.children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    for worker in workers:
        worker.kill()
    process.wait(10)
    assert until(lambda: runs.progress(served, run).state == "interrupted", 40)
    assert runs.resume(served, run) == run
    assert until(lambda: runs.progress(served, run).has_ended, 180)
    found = runs.result(served, run)
    assert found.state == "finished", found.reason
    assert served.records.run(run).reused > 0
    assert not service.is_alive(Workspace(served.root.parent / "elsewhere"))
