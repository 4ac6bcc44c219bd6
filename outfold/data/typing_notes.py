"""The sentences that say what cells were taken for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from outfold.data.cells import Reading
from outfold.data.probe import Probe
from outfold.data.words import count, joined, listed, quoted

Found = Sequence[tuple[str, Probe, Reading]]

AMBIGUOUS_SHARE = 0.2
"""Above this share of ``NA`` in a column of words, it may well mean "has none"."""

NEARLY = 0.05
"""A column with at most this share of cells that are no numbers is called nearly numeric."""


def column_notes(
    found: Found, n_rows: int, empty_rows: int, place: Callable[[int], str]
) -> list[str]:
    """What was found in the string columns of a table, in sentences."""
    notes = []
    if empty_rows:
        notes.append(f"{count(empty_rows, 'row')} hold nothing but empty cells.")
    notes += _missing(found, n_rows)
    notes += _numbers(found, n_rows, place)
    notes += _dates(found)
    if trimmed := [n for n, probe, r in found if probe.trimmed and r.kind == "text"]:
        notes.append(f"Blanks around the cells of {listed(trimmed)} were taken off.")
    return notes


def _missing(found: Found, n_rows: int) -> list[str]:
    tokens: Counter[str] = Counter()
    for _, probe, _ in found:
        for token, n in probe.tokens.items():
            tokens["," if token and not token.strip(",;") else token] += n
    if not tokens:
        return []
    parts = [f"{n:,} {_spelled(token, n)}" for token, n in tokens.most_common(12)]
    notes = [f"Taken as missing: {joined(parts)}."]
    doubtful = [
        name
        for name, probe, reading in found
        if reading.kind == "text" and probe.tokens["NA"] >= AMBIGUOUS_SHARE * n_rows
    ]
    if doubtful:
        notes.append(
            f"NA is a large share of {listed(doubtful)}: if it means 'has none' there, it is a "
            "level, not a missing value."
        )
    if asked := [
        n for n, p, r in found if r.kind == "text" and p.tokens["?"] >= AMBIGUOUS_SHARE * n_rows
    ]:
        notes.append(f"'?' is a large share of {listed(asked)}: it may be a level there.")
    return notes


def _spelled(token: str, n: int) -> str:
    if token == "":
        return "empty cell" if n == 1 else "empty cells"
    if not token.strip():
        return "cell of blanks" if n == 1 else "cells of blanks"
    if token == ",":
        return "cells of stray separators"
    return f"× {quoted(token, 20)}"


def _numbers(found: Found, n_rows: int, place: Callable[[int], str]) -> list[str]:
    notes = []
    if zeros := [n for n, _, r in found if r.code == "zeros"]:
        notes.append(f"{listed(zeros)}: digits with leading zeros, kept as codes.")
    if long := [n for n, _, r in found if r.code == "long"]:
        notes.append(f"{listed(long)}: numbers too long to hold exactly, kept as text.")
    if grouped := [n for n, _, r in found if r.grouped and r.kind == "float"]:
        notes.append(f"Thousands separators were taken off in {listed(grouped)}.")
    for sign in "$€£¥%":
        if named := [n for n, _, r in found if r.affix == sign and r.kind == "float"]:
            notes.append(f"The sign {sign} was taken off in {listed(named)}.")
    nearly = []
    for name, probe, reading in found:
        present = n_rows - sum(probe.tokens.values())
        nearly_all = probe.nearly_number and probe.unfit <= NEARLY * present
        if reading.kind == "text" and probe.first_unfit and nearly_all:
            row, cell = probe.first_unfit
            nearly.append(
                f"{quoted(name)} would be a number but for {count(probe.unfit, 'cell')}, the first "
                f"{quoted(cell, 20)} in {place(row)}; it was kept as text."
            )
    notes += nearly[:10]
    if len(nearly) > 10:
        notes.append(
            f"{count(len(nearly) - 10, 'more column')} would be numbers but for a few cells."
        )
    return notes


def _dates(found: Found) -> list[str]:
    notes = []
    if iso := [n for n, _, r in found if r.kind == "date" and r.day_first is None]:
        notes.append(f"Dates were read in {listed(iso)}.")
    for first, words in ((True, "day"), (False, "month")):
        if named := [n for n, _, r in found if r.kind == "date" and r.day_first is first]:
            notes.append(f"Dates were read in {listed(named)}, the {words} first: only that fits.")
    if doubtful := [n for n, p, _ in found if p.ambiguous_dates]:
        notes.append(
            f"{listed(doubtful)}: dates that may have the day or the month first; kept as text."
        )
    return notes
