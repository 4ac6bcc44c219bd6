"""Training rows in growing numbers: parts of each split's training rows, its validation rows whole.

A learning curve asks what a candidate would score with fewer rows to train on. So each share of a
study's ``train_shares`` adds every split once more with that share of its training rows. Smaller
parts lie within larger ones, and validation rows are always the same, so scores at two sizes differ
by what was trained on and by nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from outfold.errors import StudyError
from outfold.metrics.metric import Ints
from outfold.study.fewer import only
from outfold.study.speed import NO_QUICK, NO_RACE
from outfold.study.split import Split
from outfold.study.study import Candidate, Study
from outfold.study.table import StudyTable

SIZES = 6
"""Sizes of a curve, all rows included."""
LEAST_SHARE = 1 / 32
LEAST_ROWS = 30
"""Rows in the smallest part, at least."""
LEAST_OF_CLASS = 3
"""Rows of the rarest class in the smallest part, at least."""
LARGEST_FIRST = 0.6
"""Above this the smallest part would be nearly everything."""


def n_whole(n_positions: int, study: Study) -> int:
    """Splits that train on all of their rows, out of all splits of a plan; they come first."""
    return n_positions // (1 + len(study.train_shares))


def grown(cut: Sequence[Split], table: StudyTable, study: Study) -> list[Split]:
    """The splits, and after them each share's: all splits of the first share, then of the next."""
    found = list(cut)
    for share in study.train_shares:
        found += [
            Split(part(split.train, share, table, study.seed, place), split.test)
            for place, split in enumerate(cut)
        ]
    return found


def part(train: Ints, share: float, table: StudyTable, seed: int, split: int) -> Ints:
    """A share of some training rows, within every larger share of them.

    Classes keep their proportions, each rounded up. With a group column whole groups are taken,
    since rows of a group tell less than as many rows of many groups. With a time column the latest
    rows are taken: more rows then means a longer history.

    Args:
        train: Positions of the training rows, ascending.
        share: Above 0, below 1.
        table: The study's table.
        seed: The study's seed.
        split: The split's number, so that each has a draw of its own.

    Returns:
        Positions, ascending.
    """
    rng = np.random.default_rng([seed % 2**32, split])
    wanted = int(np.ceil(share * len(train)))
    if table.order is not None:
        by_time = train[np.argsort(table.order[train], kind="stable")]
        return np.sort(by_time[len(train) - wanted :])
    if table.groups is not None:
        names, place, sizes = np.unique(
            table.groups[train], return_inverse=True, return_counts=True
        )
        drawn = rng.permutation(len(names))
        before = np.concatenate([[0], np.cumsum(sizes[drawn])[:-1]])
        kept = np.zeros(len(names), dtype=bool)
        kept[drawn[before < wanted]] = True
        return train[kept[place]]
    if not table.classes:
        return np.sort(rng.permutation(train)[:wanted])
    codes = table.target[train]
    pieces = []
    for code in np.unique(codes):
        rows = rng.permutation(train[codes == code])
        pieces.append(rows[: int(np.ceil(share * len(rows)))])
    return np.sort(np.concatenate(pieces))


def default_shares(cut: Sequence[Split], table: StudyTable) -> tuple[float, ...]:
    """Shares of the training rows for a curve, descending, each the same factor below the last.

    Halves where the rows allow it: the smallest part has at least 30 rows and 3 of the rarest
    class.

    Raises:
        StudyError: There are too few rows to leave some out.
    """
    n = min(len(split.train) for split in cut)
    least = max(LEAST_SHARE, LEAST_ROWS / n)
    if table.classes:
        rarest = min(
            int(np.bincount(table.target[split.train].astype(int))[code])
            for split in cut
            for code in np.unique(table.target[split.train].astype(int))
        )
        least = max(least, LEAST_OF_CLASS / max(rarest, 1))
    if least > LARGEST_FIRST:
        raise StudyError(
            f"With {n:,} training rows there is nothing to leave out for a learning curve.",
            "It takes at least 50 training rows, and 5 of the rarest class.",
        )
    steps = SIZES - 1
    return tuple(round(least ** (i / steps), 4) for i in range(1, steps + 1))


def curve_study(study: Study, candidates: Sequence[Candidate], shares: Sequence[float]) -> Study:
    """The study that measures a curve: some candidates, on growing parts of the training rows.

    Where the candidates are no full grid, the smallest grid that holds them is taken. Fits on all
    rows are those of the study itself, so they are not computed again. There is no race and no
    quick look: every point rests on every split.

    Raises:
        StudyError: Nothing but the baseline was chosen.
    """
    return only(study, candidates).replace(
        train_shares=tuple(shares), racing=NO_RACE, quick=NO_QUICK
    )
