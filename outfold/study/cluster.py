"""The Dask cluster that steps run on: our own on this machine, or any scheduler's address."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from outfold.errors import OutfoldError

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def scheduler_address() -> str:
    """The scheduler named by ``OUTFOLD_SCHEDULER``; empty for the embedded cluster."""
    return os.environ.get("OUTFOLD_SCHEDULER", "").strip()


def worker_count() -> int:
    """Workers of the embedded cluster: ``OUTFOLD_WORKERS``, else the processors of this machine."""
    asked = os.environ.get("OUTFOLD_WORKERS", "").strip()
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return max(1, len(os.sched_getaffinity(0)))


@contextlib.contextmanager
def connected(address: str = "", workers: int | None = None) -> Iterator[Any]:
    """A Dask client: of the scheduler at an address, or of worker processes started for it.

    The embedded cluster listens on the loopback interface only. Each worker is one process with
    one thread, so that a crash takes one step with it and libraries do not compete for cores.
    Start it from a process whose main module is guarded: workers import it.

    Args:
        address: ``tcp://host:port`` of a scheduler; empty for the embedded cluster.
        workers: Number of embedded workers, by default ``worker_count()``.

    Raises:
        OutfoldError: No scheduler answers at the address, or it has other versions than this
            machine. Workers are looked at by the run that uses them.
    """
    import dask
    from distributed import Client, LocalCluster

    settings: dict[str, Any] = {
        "distributed.admin.log-format": "%(name)s: %(message)s",
        "distributed.scheduler.allowed-failures": 2,
        "distributed.scheduler.worker-saturation": 1.1,
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.terminate": 0.95,
        "distributed.nanny.pre-spawn-environ": dict.fromkeys(THREAD_VARIABLES, "1"),
    }
    with dask.config.set(settings):
        if address:
            try:
                client = Client(address, timeout="10s", set_as_default=False)
            except (OSError, ValueError) as error:
                raise OutfoldError(
                    f"No Dask scheduler answers at {address} ({type(error).__name__}).",
                    "Start one there, or leave the address empty for the embedded cluster.",
                ) from None
            with client:
                _check_scheduler(client, address)
                _let_go_on(client)
                yield client
            return
        with (
            LocalCluster(
                n_workers=workers or worker_count(),
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs=50,
                preload=["outfold.study.embedded"],
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            _let_go_on(client)
            yield client


def _let_go_on(client: Any) -> None:
    """Have steps whose worker is gone taken by others, on this cluster from now on."""
    from outfold.study.placeless import Placeless

    client.register_plugin(Placeless())


def _check_scheduler(client: Any, address: str) -> None:
    """Refuse a scheduler that cannot read what it is sent."""
    from outfold.study.versions import VersionError, difference, told

    try:
        theirs: object = client.run_on_scheduler(told)
    except ImportError as error:
        theirs = error
    if reason := difference(f"The scheduler at {address}", theirs):
        raise VersionError(reason)
