"""Column names as people write them, made unique and safe."""

from __future__ import annotations

from collections.abc import Iterable

from outfold.data.schema import PART
from outfold.data.words import count, listed


def repaired(raw: Iterable[object]) -> tuple[list[str], list[str]]:
    """Stripped, non-empty, unique names, and the notes that say what was changed.

    An empty name becomes ``column 3``; the second ``x`` becomes ``x (2)``. A name made only of
    commas and semicolons counts as empty: it is what a spreadsheet leaves behind.
    """
    names: list[str] = []
    empty: list[str] = []
    again: list[str] = []
    stripped = [_clean("" if name is None else str(name)) for name in raw]
    taken = set(stripped)
    used: set[str] = set()
    for position, name in enumerate(stripped, start=1):
        wanted = name
        if not name:
            wanted = _free(f"column {position}", used | taken)
            empty.append(wanted)
        elif name in used:
            number = 2
            while f"{name} ({number})" in used or f"{name} ({number})" in taken:
                number += 1
            wanted = f"{name} ({number})"
            again.append(wanted)
        used.add(wanted)
        names.append(wanted)
    notes = []
    if empty:
        notes.append(f"{count(len(empty), 'column')} had no name: now {listed(empty)}.")
    if again:
        notes.append(f"{count(len(again), 'repeated name')} got a number: {listed(again)}.")
    return names, notes


def _clean(name: str) -> str:
    name = "".join(" " if c.isspace() else c for c in name.replace(PART, ""))
    name = "".join(c for c in name if c.isprintable()).strip()
    return "" if not name.strip(",;| ") else name


def _free(name: str, used: set[str]) -> str:
    number = 2
    free = name
    while free in used:
        free = f"{name} ({number})"
        number += 1
    return free
