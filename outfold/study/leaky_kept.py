"""What a measurement of the leakage meter leaves in the store; ``leaky_scores`` reads it back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from outfold.study.leaky_measure import Measured


def as_step(found: Measured) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """A measurement as the store keeps it: JSON, and the honest predictions."""

    def plain(scores: Mapping[str, float]) -> dict[str, float | None]:
        return {name: None if math.isnan(v) else v for name, v in scores.items()}

    body = {
        "rows": found.rows,
        "of_rows": found.of_rows,
        "n_splits": found.n_splits,
        "notes": list(found.notes),
        "reasons": dict(found.reasons),
        "splits": [
            {
                "split": s.split,
                "train_rows": s.train_rows,
                "test_rows": s.test_rows,
                "honest": plain(s.honest),
                "leaky": {mistake: plain(scores) for mistake, scores in s.leaky.items()},
                "nothing": plain(s.nothing),
                "nothing_resampled": plain(s.nothing_resampled),
                "made": None if math.isnan(s.made) else s.made,
                "seconds": s.seconds,
            }
            for s in found.splits
        ],
    }
    arrays = {
        name: np.concatenate([s.arrays[name] for s in found.splits])
        for name in found.splits[0].arrays
    }
    arrays["split"] = np.repeat(
        [s.split for s in found.splits], [len(s.arrays["truth"]) for s in found.splits]
    )
    return body, arrays
