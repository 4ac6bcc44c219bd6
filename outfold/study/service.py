"""The run service: one background process per workspace that owns the cluster and carries out runs.

It is a process of its own because a web server's script threads come and go, because Dask starts
its workers from a main module that must be importable, and so that heavy libraries are never
loaded into the process that answers clicks. It takes queued runs from the workspace's records and
ends by itself when no app is left and nothing is queued.

Start it with ``python -m outfold.study.service WORKSPACE``; ``ensure`` does so when needed.
"""

from __future__ import annotations

import argparse
import fcntl
import subprocess
import sys
import threading
import time
from pathlib import Path

from outfold.errors import OutfoldError
from outfold.study.records import is_living
from outfold.study.workspace import Workspace

START_PATIENCE = 60.0
"""Seconds within which a service that was asked for must have taken its lock."""
LOOK = 0.2
"""Seconds between two looks for a queued run."""
LOOK_FOR_CLIENTS = 2.0
"""Seconds between two looks for apps that still need the service."""
LEAVE_AFTER = 3.0
"""Seconds without an app, a queued or a running run after which the service ends."""
CONCURRENT = 3
"""Runs carried out side by side; further ones wait."""


def _lock_path(workspace: Workspace) -> Path:
    return workspace.root / "service.lock"


def is_alive(workspace: Workspace) -> bool:
    """Whether a service holds the workspace's lock."""
    with _lock_path(workspace).open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def ensure(workspace: Workspace) -> None:
    """Start the service unless it is there; it stays as long as this process lives."""
    workspace.records.add_client()
    if is_alive(workspace):
        return
    root = Path(__file__).resolve().parents[2]
    log = (workspace.root / "service.log").open("ab")
    with log:
        subprocess.Popen(
            [sys.executable, "-m", "outfold.study.service", str(workspace.root)],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def serve(workspace: Workspace) -> None:
    """Hold the workspace's lock and carry out its runs until nobody needs them."""
    with _lock_path(workspace).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        # Runs that an earlier service left behind were interrupted.
        for record in workspace.records.runs(1000, ("running",)):
            if not is_living(record.owner):
                workspace.records.finish(
                    record.id, "interrupted", "The process that ran it is gone."
                )
        try:
            _serve(workspace)
        except OutfoldError as error:  # no scheduler, or one of another version
            while (run := workspace.records.take_queued()) is not None:
                workspace.records.finish(run, "failed", str(error))


def _serve(workspace: Workspace) -> None:
    from outfold.study.cluster import connected, scheduler_address
    from outfold.study.execute import execute
    from outfold.study.worker import warm

    address = scheduler_address()
    with connected(address) as client:
        # Held until the service ends, or Dask would drop the work.
        warming = [
            client.submit(warm, workers=[worker], pure=False)
            for worker in client.scheduler_info(n_workers=-1)["workers"]
        ]
        running: list[threading.Thread] = []
        needed = looked = time.monotonic()
        while True:
            running = [t for t in running if t.is_alive()]
            if client.status != "running":
                # A service without workers serves nobody; the next run starts another.
                for thread in running:
                    thread.join()
                return
            run = workspace.records.take_queued() if len(running) < CONCURRENT else None
            if run is not None:
                thread = threading.Thread(
                    target=_carry_out,
                    args=(execute, workspace, run, client, None if address else True),
                )
                thread.start()
                running.append(thread)
                continue
            now = time.monotonic()
            if running:
                needed = now
            elif now - looked > LOOK_FOR_CLIENTS:
                looked = now
                if workspace.records.has_living_client():
                    needed = now
            if now - needed > LEAVE_AFTER + LOOK_FOR_CLIENTS:
                client.cancel(warming)
                return
            time.sleep(LOOK)


def _carry_out(
    execute: object, workspace: Workspace, run: str, client: object, shared: bool | None
) -> None:
    assert callable(execute)
    try:
        execute(workspace, run, client, shared_storage=shared)
    except Exception as error:  # the service and its other runs must outlive any one run
        workspace.records.finish(run, "failed", f"{type(error).__name__}: {str(error)[:500]}")
        raise


def main() -> None:
    """Serve the workspace named on the command line."""
    parser = argparse.ArgumentParser(description="Carry out the runs of a workspace.")
    parser.add_argument("workspace", type=Path)
    serve(Workspace(parser.parse_args().workspace))


if __name__ == "__main__":
    main()
