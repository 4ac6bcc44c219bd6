"""The number that a row goes by wherever a person reads one."""

from __future__ import annotations

from outfold.metrics.metric import Ints


def numbered(rows: Ints, places: Ints | None = None) -> Ints:
    """Numbers of rows: the first data row of the table after fixes is 1, its heading not counted.

    Args:
        rows: Positions in the study's table, shape (n,).
        places: Position of each row of the study's table in the table after fixes; the same by
            default, as where no target is missing.
    """
    return (rows if places is None else places[rows]) + 1
