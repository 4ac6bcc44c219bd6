"""The task that every side reads, and the answer that it writes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MODELS = (
    "logistic",
    "decision tree",
    "random forest",
    "extra trees",
    "lightgbm",
    "naive bayes",
    "nearest neighbours",
)
"""What is compared; a side leaves out what its library lacks."""


def read() -> tuple[pd.DataFrame, np.ndarray]:
    """The table with the column ``outcome``, and each row's fold."""
    import numpy as np
    import pandas as pd

    folder = Path(sys.argv[1])
    # Text, since not every library's environment can read Parquet.
    frame = pd.read_csv(folder / "table.csv", float_precision="round_trip")
    kinds = [c for c in frame if c.startswith("kind") or c == "outcome"]
    return frame.astype(dict.fromkeys(kinds, "category")), np.load(folder / "folds.npy")


def answer(seconds: float, scores: dict[str, float]) -> None:
    """Write the wall seconds of the comparison and the mean ROC AUC over the folds by model."""
    Path("answer.json").write_text(json.dumps({"seconds": seconds, "scores": scores}))
