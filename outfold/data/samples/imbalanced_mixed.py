"""A generated table: mixed types, missing cells, five in a hundred positive, some pure noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

from outfold.data.sample import Sample

ROWS = 4_000
SEED = 20_240
POSITIVES = 200


def _load() -> pd.DataFrame:
    import pandas as pd

    rng = np.random.default_rng(SEED)
    age = rng.integers(18, 80, ROWS)
    amount = rng.lognormal(4.0, 0.9, ROWS).round(2)
    visits = rng.poisson(3.0, ROWS)
    tenure = rng.gamma(2.0, 18.0, ROWS).round(1)
    channel = rng.choice(["web", "shop", "phone", "partner"], ROWS, p=[0.5, 0.3, 0.15, 0.05])
    region = rng.choice([f"region {i}" for i in range(1, 13)], ROWS)
    plan = rng.choice(["basic", "plus", "premium"], ROWS, p=[0.6, 0.3, 0.1])
    verified = rng.random(ROWS) < 0.7
    day = rng.integers(0, 730, ROWS)
    noise = rng.normal(size=(ROWS, 4)).round(4)
    # What makes a row likely positive: the amount, a partner, no verification, and both together.
    score = (
        1.1 * (np.log(amount) - 4.0)
        + 1.3 * (channel == "partner")
        + 0.5 * (channel == "phone")
        - 0.9 * verified
        - 0.015 * tenure
        + 0.8 * ((plan == "premium") & ~verified)
        + 0.4 * np.cos(2 * np.pi * day / 365)
        + rng.logistic(0.0, 0.8, ROWS)
    )
    positive = np.zeros(ROWS, dtype=bool)
    positive[np.argsort(score)[-POSITIVES:]] = True
    frame = pd.DataFrame(
        {
            "age": age,
            "amount": amount,
            "visits": visits,
            "tenure": tenure,
            "channel": channel,
            "region": region,
            "plan": plan,
            "verified": pd.array(verified, dtype="boolean"),
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(day, unit="D"),
            "noise 1": noise[:, 0],
            "noise 2": noise[:, 1],
            "noise 3": noise[:, 2],
            "noise level": np.where(
                noise[:, 3] > 0.6, "high", np.where(noise[:, 3] < -0.6, "low", "mid")
            ),
            "fraud": np.where(positive, "yes", "no"),
        }
    )
    frame["tenure"] = frame["tenure"].mask(rng.random(ROWS) < 0.12)
    frame["plan"] = frame["plan"].mask(rng.random(ROWS) < 0.06)
    # Missing more often where the answer is yes, as it is where people have something to hide.
    frame["verified"] = frame["verified"].mask(rng.random(ROWS) < np.where(positive, 0.2, 0.04))
    return frame


SAMPLE = Sample(
    key="imbalanced_mixed",
    title="Rare fraud, mixed columns",
    story="Which orders are fraud? 5 % are; numbers, labels, a date, missing cells and pure noise.",
    source="Generated with a fixed seed.",
    load=_load,
    target="fraud",
    task="binary",
    order=20,
)
