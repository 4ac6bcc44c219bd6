"""Half samples in the background: a process of its own, followed and stopped through its file.

It outlives the browser tab and needs no cluster, since it fits no model. Start it with ``begin``,
which runs ``python -m outfold.judge.half_sample_job WORKSPACE STUDY SAMPLES``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from outfold.errors import OutfoldError
from outfold.hashing import key_of
from outfold.judge.half_samples import SAMPLES, HalfSamples, Stopped, half_samples
from outfold.registry import registry
from outfold.study.records import is_living, process_mark
from outfold.study.speed import NO_QUICK, NO_RACE
from outfold.study.study import NONE, STANDARD, Choice, Study
from outfold.study.tune.tuning import NO_TUNING
from outfold.study.workspace import Workspace

VERSION = 1
TOLD_EVERY = 0.2
"""Seconds between two notes of the progress."""
PATIENCE = 60.0
"""Seconds within which the process must have begun."""

JobState = Literal["absent", "queued", "running", "finished", "failed", "cancelled", "interrupted"]

_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """How far the half samples are.

    Attributes:
        state: ``absent`` if nobody has asked for them.
        done: Selections made.
        total: Selections there will be; 0 before it is known.
        now: What is being done.
        seconds: Since it began.
        reason: Why it failed.
        result: What was found, once finished.
    """

    state: JobState
    done: int = 0
    total: int = 0
    now: str = ""
    seconds: float = 0.0
    reason: str = ""
    result: HalfSamples | None = None

    @property
    def is_going(self) -> bool:
        """Whether something may still happen by itself."""
        return self.state in ("queued", "running")


def asked(study: Study, choices: Sequence[Choice]) -> Study:
    """What the half samples depend on: the table, its preparation, the selectors, the seed."""
    return study.replace(
        selectors=tuple(choices), resamplers=(NONE,), models=(), validation=STANDARD, metric="",
        tuning=NO_TUNING, train_shares=(), racing=NO_RACE, quick=NO_QUICK,
    )  # fmt: skip


def job_key(study: Study, samples: int) -> str:
    """The key under which a result is kept: of the study asked and of the code behind it."""
    prints = [
        registry("selector")[link.key].fingerprint for c in study.selectors for link in c.links
    ]
    prints.append(registry("preparation")[study.preparation.key].fingerprint)
    return key_of("half samples", VERSION, study.key, samples, prints)


def _path(workspace: Workspace, key: str, suffix: str = ".json") -> Path:
    return workspace.root / "stability" / f"{key}{suffix}"


def begin(
    workspace: Workspace, study: Study, choices: Sequence[Choice], samples: int = SAMPLES
) -> str:
    """Start measuring in the background unless it is going on or done; the key to follow it by."""
    wanted = asked(study, choices)
    key = job_key(wanted, samples)
    now = job(workspace, key)
    if now.is_going or now.state == "finished":
        return key
    workspace.save_study(wanted)
    _path(workspace, key).parent.mkdir(exist_ok=True)
    _path(workspace, key, ".cancel").unlink(missing_ok=True)
    _write(workspace, key, {"state": "queued", "began": time.time()})
    log = (workspace.root / "service.log").open("ab")
    with log:
        _started.append(
            subprocess.Popen(
                [sys.executable, "-m", __name__, str(workspace.root), wanted.key, str(samples)],
                cwd=Path(__file__).resolve().parents[2],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        )
    return key


def cancel(workspace: Workspace, key: str) -> None:
    """Ask for an end; the process looks between two selections."""
    _path(workspace, key, ".cancel").touch()


def job(workspace: Workspace, key: str) -> Job:
    """How far it is."""
    # A process that ended is a zombie until somebody asks for it.
    _started[:] = [process for process in _started if process.poll() is None]
    try:
        raw = json.loads(_path(workspace, key).read_text())
    except (OSError, ValueError):
        return Job("absent")
    state: JobState = raw["state"]
    if state == "running" and not is_living(raw["owner"]):
        state = "interrupted"
    if state == "queued" and time.time() - raw["began"] > PATIENCE:
        state = "interrupted"
    result = HalfSamples.from_plain(raw["result"]) if state == "finished" else None
    until = raw.get("ended") or time.time()
    return Job(
        state, raw.get("done", 0), raw.get("total", 0), raw.get("now", ""), until - raw["began"],
        raw.get("reason", ""), result,
    )  # fmt: skip


def _write(workspace: Workspace, key: str, body: dict[str, Any]) -> None:
    """Write the job's file, whole or not at all."""
    path = _path(workspace, key)
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    fresh.write_text(json.dumps(body))
    os.replace(fresh, path)


def carry_out(workspace: Workspace, study: Study, samples: int) -> None:
    """Measure, and write down the progress, the result, or why there is none."""
    from outfold.study.table import study_table

    key, began, last = job_key(study, samples), time.time(), 0.0
    base: dict[str, Any] = {"owner": process_mark(), "began": began}

    def told(done: int, total: int, label: str) -> bool:
        nonlocal last
        if time.monotonic() - last >= TOLD_EVERY:
            last = time.monotonic()
            _write(workspace, key, base | {"state": "running", "done": done, "total": total,
                                           "now": label})  # fmt: skip
        return not _path(workspace, key, ".cancel").exists()

    told(0, 0, "reading the table")
    try:
        table = study_table(workspace, study)
        found = half_samples(table, study, study.selectors, samples, told)
    except Stopped:
        end: dict[str, Any] = {"state": "cancelled"}
    except OutfoldError as error:
        end = {"state": "failed", "reason": str(error)}
    except Exception as error:  # whoever follows must hear of it; the log has the traceback
        _write(workspace, key, base | {"state": "failed", "reason": type(error).__name__,
                                       "ended": time.time()})  # fmt: skip
        raise
    else:
        end = {"state": "finished", "result": found.to_plain()}
    _write(workspace, key, base | end | {"ended": time.time()})


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description="Measure the stability of selectors on halves.")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("study")
    parser.add_argument("samples", type=int)
    options = parser.parse_args()
    with contextlib.suppress(OSError):
        os.nice(5)  # clicks come first
    workspace = Workspace(options.workspace)
    carry_out(workspace, workspace.study(options.study), options.samples)


if __name__ == "__main__":
    main()
