"""How many rows a slow measure can take in a few seconds."""

from __future__ import annotations

from outfold.explore.gaps import gap_groups
from outfold.explore.measures import Floats, Measure

SECONDS = 3.0
"""About how long ranks and distances may take before rows are sampled; stated in the notes."""


def affordable(key: Measure, columns: tuple[Floats, ...], left: int) -> int:
    """How many rows a slow measure can take in about ``SECONDS``, from rates measured once."""
    total, width = len(columns[0]), len(columns)
    groups = len(gap_groups(columns))
    pairs = left * width / (2 if left == width else 1)
    joint = max(1.0, pairs / max(1.0, (width / groups) ** 2))

    def seconds(n: int) -> float:
        if key == "spearman":
            ranked = width if groups == 1 else joint * 2 * width / groups
            return ranked * n * 1.5e-7 + joint * 3e-4 + pairs * n * 1e-10
        if key == "kendall":
            one = min(n * n * 2e-11 + n * n * 3e-9 * width / pairs, 5e-4 + n * 4e-7)
            return pairs * one + joint * 3e-4
        return width * groups * n * n * 4e-8 + pairs * n * n * 1e-10 + joint * 3e-4

    most = total
    if key == "distance":
        # Two matrices of n² for each column of 8 bytes have to fit into about half a gigabyte.
        most = min(most, int((3e7 / width) ** 0.5))
    n = most
    while n > 100 and seconds(n) > SECONDS:
        n = int(n * 0.8)
    return max(n, min(total, 100))
