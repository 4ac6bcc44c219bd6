"""Which columns are missing in the same rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from outfold.explore.measures import Floats, Ints


def gap_groups(columns: Sequence[Floats]) -> list[tuple[npt.NDArray[np.bool_] | None, Ints]]:
    """Columns grouped by the rows that they have: (rows present, None if all; their places)."""
    groups: dict[bytes, tuple[npt.NDArray[np.bool_] | None, list[int]]] = {}
    for place, column in enumerate(columns):
        present = ~np.isnan(column)
        key = b"" if present.all() else np.packbits(present).tobytes()
        groups.setdefault(key, (present if key else None, []))[1].append(place)
    return [(present, np.array(places)) for present, places in groups.values()]
