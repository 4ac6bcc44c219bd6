"""What several workers need, laid out in files that each of them maps.

Workers on one machine, or with one storage, share a file's pages: a table, and each split's
prepared rows, are in memory once, not once per worker or step, and are read from the file as far as
they are looked at.
"""

from __future__ import annotations

import mmap
import os
import pickle
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from outfold.study.records import is_living, process_mark
from outfold.study.steps import Loaded
from outfold.study.study import Study

_ALIGNED = 64
_HEAD = struct.Struct("<8sQ")
_MARK = b"outfold1"
_KEPT = 4
"""Runs whose file a worker keeps mapped: those done side by side, and one that just ended."""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What every step of one run needs besides the results of the steps before it.

    Attributes:
        run: The run's identifier.
        study: What is run.
        loaded: Its table and its splits.
        positive: Code of the positive class, by which fits are scored.
        home: The workspace's folder where workers can write there; empty where they cannot.
    """

    run: str
    study: Study
    loaded: Loaded
    positive: int
    home: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """The result of a step as it travels: where it is laid out, in place of itself."""

    path: str


def write(thing: Any, path: Path) -> None:
    """Lay a run's work, or the result of a step, out in a file, whole or not at all.

    Arrays are kept as they are in memory, one after the other, so that reading copies nothing.
    """
    buffers: list[pickle.PickleBuffer] = []
    text = pickle.dumps(thing, protocol=5, buffer_callback=buffers.append)
    raw = [b.raw() for b in buffers]
    index = pickle.dumps((len(text), [len(b) for b in raw]))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    with os.fdopen(handle, "wb") as stream:
        stream.write(_HEAD.pack(_MARK, len(index)) + index + text)
        for buffer in raw:
            stream.write(bytes(-stream.tell() % _ALIGNED))
            stream.write(buffer)
    os.replace(name, path)


@lru_cache(maxsize=_KEPT)
def mapped(path: str) -> Work:
    """The work in a file; its arrays are the file's own pages, read only."""
    work: Work = _read(path)
    return work


def lay(source: str, step: str, result: Any) -> Laid:
    """Lay the result of a step out beside the file of its run's work."""
    path = beside(source, step)
    write(result, path)
    return Laid(str(path))


def beside(source: str | Path, step: str) -> Path:
    """The file that holds the result of a step, beside that of its run's work."""
    return Path(f"{source}.{step}")


@lru_cache(maxsize=1)
def taken_up(path: str) -> Any:
    """The result in a file.

    One is kept: a worker stays with a split, and a removed file takes room while it is mapped.
    """
    return _read(path)


def _read(path: str) -> Any:
    with open(path, "rb") as stream:
        whole = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    mark, size = _HEAD.unpack_from(whole)
    if mark != _MARK:
        raise ValueError(f"{path} holds nothing of a run")
    at = _HEAD.size + size
    length, sizes = pickle.loads(whole[_HEAD.size : at])
    text, at = whole[at : at + length], at + length
    return pickle.loads(text, buffers=_slices(whole, at, sizes))


def _slices(whole: memoryview, at: int, sizes: Sequence[int]) -> list[memoryview]:
    found = []
    for size in sizes:
        at += -at % _ALIGNED
        found.append(whole[at : at + size])
        at += size
    return found


class Source:
    """A run's work as its steps name it: a file's path, or the table sent to each worker once.

    Args:
        client: A ``distributed.Client``.
        work: What the steps have in common.
        path: The file to write; None to send the table instead.
    """

    def __init__(self, client: Any, work: Work, path: Path | None) -> None:
        self._client, self._work, self._path = client, work, path
        self._sent: Any = None
        if path is not None:
            write(work, path)

    @property
    def given(self) -> Any:
        """What a step is given; a table that was lost with its last worker is sent again."""
        if self._path is not None:
            return str(self._path)
        if self._sent is None or self._sent.status in ("cancelled", "lost", "error"):
            self._sent = self._client.scatter(self._work, broadcast=True, hash=False)
        return self._sent

    def forget(self, step: str) -> None:
        """Remove the result of a step that no other needs any more, where it was laid out."""
        if self._path is not None:
            beside(self._path, step).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the files, or let the workers forget the table."""
        self._sent = None
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            for left in self._path.parent.glob(f"{self._path.name}.*"):
                left.unlink(missing_ok=True)


def place_for(root: Path, name: str) -> Path:
    """A file of this name in a workspace, known by this process; those of dead ones are removed."""
    folder = root / "work"
    if folder.is_dir():
        for left in folder.glob("*:*_*"):
            if not is_living(left.name.partition("_")[0]):
                left.unlink(missing_ok=True)
    return folder / f"{process_mark()}_{name}"


def reaches(root: str, name: str) -> bool:
    """Whether a workspace's folder has a file of this name as seen from here, and is writable."""
    folder = Path(root)
    return (folder / name).is_file() and os.access(folder / "steps", os.W_OK)
