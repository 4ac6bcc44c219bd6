"""The limit of the store: which predictions are let go when they take too much room.

What is let go are the arrays of a fit, its out-of-fold predictions. Scores, costs and selections
stay, so that a leaderboard never loses a line; curves need the predictions, and resuming the run
computes them again. Nothing of a run in progress is let go. Who goes first is told by
``outfold.study.value``.

A kill at any moment does no harm: a row whose file is missing counts as let go and is computed
again when it is asked for, a file without a row is swept away.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from outfold.errors import ParameterError
from outfold.study import value
from outfold.study.plan import Plan
from outfold.study.records import is_living
from outfold.study.workspace import Workspace

DEFAULT_MB = 4000
"""Megabytes unless somebody says otherwise."""
LEAST_MB = 10
SETTING = "limit of the store"
ROOM = 0.9
"""Share of the limit that is left filled, so that not every saved step lets another one go."""
GRACE = 3600.0
"""Seconds after which a file that no row knows is taken for left behind, not being written."""
SWEEP_EVERY = 6 * 3600.0
SWEPT = "store swept at"


@dataclass(frozen=True, slots=True)
class Use:
    """How full the store is.

    Attributes:
        bytes: What the kept predictions take.
        steps: Fits whose predictions are kept.
        limit: Bytes that they may take.
        fixed: Whether the limit is set by the environment, so that the app cannot change it.
    """

    bytes: int
    steps: int
    limit: int
    fixed: bool


@dataclass(frozen=True, slots=True)
class Freed:
    """What was let go, or would be: fits and their bytes."""

    steps: int = 0
    bytes: int = 0


def limit_mb(workspace: Workspace) -> tuple[int, bool]:
    """The limit in megabytes, and whether ``OUTFOLD_CACHE_MB`` sets it.

    Raises:
        ParameterError: The variable holds no whole number of megabytes.
    """
    said = os.environ.get("OUTFOLD_CACHE_MB", "").strip()
    if said:
        if not said.isdigit():
            raise ParameterError(
                f"OUTFOLD_CACHE_MB is {said!r}.", "It takes a whole number of megabytes."
            )
        return max(LEAST_MB, int(said)), True
    return int(workspace.records.setting(SETTING) or DEFAULT_MB), False


def set_limit(workspace: Workspace, megabytes: int) -> Freed:
    """Set the limit of a workspace and keep within it.

    Raises:
        ParameterError: Fewer than ten megabytes.
    """
    if megabytes < LEAST_MB:
        raise ParameterError(
            f"A limit of {megabytes} MB was asked for.", f"Take at least {LEAST_MB} MB."
        )
    workspace.records.set_setting(SETTING, str(megabytes))
    return keep_within(workspace)


def use(workspace: Workspace) -> Use:
    """How full the store is and how full it may be."""
    megabytes, fixed = limit_mb(workspace)
    with workspace.records.reading() as db:
        steps, total = db.execute(
            "SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM steps WHERE bytes > 0"
        ).fetchone()
    return Use(total, steps, megabytes * int(value.MEGABYTE), fixed)


def keep_within(workspace: Workspace) -> Freed:
    """Let go of what is worth least until the store is within its limit again.

    Steps of runs in progress stay, even if they alone are more than the limit.
    """
    last = workspace.records.setting(SWEPT)
    if last is None or time.time() - float(last) > SWEEP_EVERY:
        sweep(workspace)
    limit = limit_mb(workspace)[0] * value.MEGABYTE
    now = use(workspace).bytes
    if now <= limit:
        return Freed()
    left = [now - ROOM * limit]

    def enough(size: int) -> bool:
        done = left[0] <= 0
        left[0] -= size
        return done

    return _let_go(workspace, frozenset(), enough)


def let_go_unused(workspace: Workspace, runs: Iterable[str], *, really: bool = True) -> Freed:
    """Let go of all predictions that none of some runs uses, nor any run in progress.

    Args:
        workspace: Where they are.
        runs: Runs whose predictions stay.
        really: Whether it is done; else only what it would free is told.
    """
    kept = frozenset(key for run in runs for key in fits_of(workspace.records.plan(run)))
    return _let_go(workspace, kept, lambda size: False, really=really)


def _let_go(
    workspace: Workspace,
    kept: frozenset[str],
    enough: Callable[[int], bool],
    *,
    really: bool = True,
) -> Freed:
    """Let go in the order of rank; the lock held meanwhile makes a new run wait with its look."""
    n = freed = 0
    records = workspace.records
    with records.exclusive() if really else records.reading() as db:
        running = db.execute("SELECT plan, owner FROM runs WHERE state = 'running'").fetchall()
        for plan, owner in running:
            if owner and is_living(owner):
                kept |= fits_of(plan)
        rows = db.execute(
            "SELECT key, bytes, COALESCE(priority, seconds / (bytes / ?)) AS rank FROM steps "
            "WHERE bytes > 0 ORDER BY rank, created, key",
            (value.MEGABYTE,),
        ).fetchall()
        gone, now = [], value.clock(db)
        for key, size, rank in rows:
            if key in kept:
                continue
            if enough(size):
                break
            gone.append((key,))
            n, freed, now = n + 1, freed + size, max(now, rank)
        if really:
            # Files before the rows' commit: if this is cut short, the rows' files are missing, and
            # that is found out wherever a file is looked for.
            for (key,) in gone:
                workspace.remove_arrays(key)
            db.executemany("UPDATE steps SET bytes = 0 WHERE key = ?", gone)
            value.set_clock(db, now)
    return Freed(n, freed)


def fits_of(plan: str) -> frozenset[str]:
    """The keys of a written plan's fits and explanations, those on samples and shares included."""
    if not plan:
        return frozenset()
    waiting, found = [Plan.from_json(plan)], set()
    while waiting:
        at = waiting.pop()
        found |= {key for keys in at.fits.values() for key in keys}
        found |= set(at.every_explanation())
        waiting += at.samples
    return frozenset(found)


def sweep(workspace: Workspace) -> Freed:
    """Put right what a kill left behind: files without a row, rows without a file.

    Files younger than an hour stay: somebody may be about to write their row.
    """
    workspace.records.set_setting(SWEPT, repr(time.time()))
    n = freed = 0
    old = time.time() - GRACE
    for path in workspace.step_files():
        try:
            there = path.stat()
        except OSError:
            continue
        if there.st_mtime > old:
            continue
        with workspace.records.exclusive() as db:
            row = db.execute("SELECT bytes FROM steps WHERE key = ?", (path.stem,)).fetchone()
            if path.suffix != ".npz" or row is None or not row[0]:
                path.unlink(missing_ok=True)
                n, freed = n + 1, freed + there.st_size
    with workspace.records.exclusive() as db:
        rows = db.execute("SELECT key FROM steps WHERE bytes > 0").fetchall()
        gone = [row for row in rows if not workspace.has_arrays(row[0])]
        db.executemany("UPDATE steps SET bytes = 0 WHERE key = ?", gone)
    return Freed(n, freed)
