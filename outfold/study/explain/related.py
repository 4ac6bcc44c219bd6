"""Columns that go together so closely that an explanation cannot tell them apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.data.schema import Schema
from outfold.metrics.metric import Floats

LIMIT = 0.7
"""Strength of association, 0 to 1, from which two columns count as closely related.

Dormann et al. 2013, Collinearity: a review of methods, Ecography 36: |r| above 0.7.
"""
MOST_ROWS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Related:
    """How closely the features of a table go together; the target takes no part.

    Attributes:
        features: The features.
        strength: Strength between every two, 0 to 1, shape (n_features, n_features).
        groups: Features of which any two are related at least as closely as the limit.
    """

    features: tuple[str, ...]
    strength: Floats
    groups: tuple[tuple[str, ...], ...]


def related(frame: pd.DataFrame, schema: Schema, seed: int = 0, limit: float = LIMIT) -> Related:
    """Measure how closely features go together, on up to 2,000 rows.

    Args:
        frame: The features, typed.
        schema: Their types.
        seed: Of the draw of rows.
        limit: From which strength on two columns count as closely related.
    """
    from outfold.explore.associate import associate
    from outfold.explore.redundancy import redundancy, strengths

    features = tuple(str(c) for c in frame.columns)
    columns = Schema(tuple(c for c in schema.columns if c.name in features))
    square = np.eye(len(features))
    if len(features) < 2 or len(frame) < 3:
        return Related(features, square, ())
    found = associate(frame, columns, prefer=["spearman"], max_rows=MOST_ROWS, seed=seed)
    place = [features.index(c) for c in found.columns]
    square[np.ix_(place, place)] = strengths(found)
    groups = redundancy(found, threshold=limit).groups if len(place) > 1 else ()
    order = {name: i for i, name in enumerate(features)}
    return Related(
        features, square, tuple(tuple(sorted(g.members, key=order.__getitem__)) for g in groups)
    )
