"""Small generated tables for tests: mixed types, missing cells, a target of each task."""

from __future__ import annotations

import numpy as np
import pandas as pd


def mixed_table(n_rows: int = 240, task: str = "binary", seed: int = 0) -> pd.DataFrame:
    """Numbers, categories, a boolean, a date and missing cells; column ``y`` is the target.

    Column ``amount`` holds a different number in every row, so a row can be recognised by it.
    """
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=n_rows)
    frame = pd.DataFrame(
        {
            "amount": rng.permutation(n_rows) + rng.random(n_rows),
            "signal": latent + 0.5 * rng.normal(size=n_rows),
            "noise": rng.normal(size=n_rows),
            "kind": pd.Categorical(
                rng.choice(["a", "b", "c", "rare"], n_rows, p=[0.5, 0.3, 0.18, 0.02])
            ),
            "flag": pd.array(rng.random(n_rows) < 0.4, dtype="boolean"),
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, n_rows), "D"),
        }
    )
    frame.loc[rng.random(n_rows) < 0.1, "noise"] = np.nan
    frame.loc[rng.random(n_rows) < 0.1, "kind"] = np.nan
    score = latent + (frame["kind"] == "b").to_numpy() * 0.8
    if task == "binary":
        values: object = pd.Categorical(np.where(score > np.quantile(score, 0.75), "yes", "no"))
    elif task == "multiclass":
        values = pd.Categorical(
            np.select([score > np.quantile(score, 0.8), score > np.median(score)], ["high", "mid"],
                      "low")
        )  # fmt: skip
    elif task == "regression":
        values = 3.0 * score + rng.normal(size=n_rows)
    else:
        values = rng.poisson(np.exp(0.4 * score + 0.5))
    return frame.assign(y=values)
