"""Doctor visits: counts with many zeros, from the RAND health insurance experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

from outfold.data.sample import Sample


def _load() -> pd.DataFrame:
    import pandas as pd
    from statsmodels.datasets import randhie

    raw = randhie.load_pandas().data
    health = raw[["hlthg", "hlthf", "hlthp"]].to_numpy().argmax(axis=1) + 1
    stated = raw[["hlthg", "hlthf", "hlthp"]].to_numpy().any(axis=1)
    words = pd.Series(["excellent", "good", "fair", "poor"])
    return pd.DataFrame(
        {
            "log coinsurance": raw["lncoins"],
            "individual deductible": raw["idp"].eq(1),
            "log incentive payment": raw["lpi"],
            "log max expenditure": raw["fmde"],
            "physical limitation": raw["physlm"],
            "chronic diseases": raw["disea"],
            "self-rated health": words.take(health * stated).to_numpy(),
            "visits": raw["mdvis"].astype("int64"),
        }
    )


SAMPLE = Sample(
    key="doctor_visits",
    title="Doctor visits",
    story="How often does a person see a doctor in a year? Counts, a third of them zero.",
    source="Deb & Trivedi (2002), RAND Health Insurance Experiment; from statsmodels (randhie).",
    load=_load,
    target="visits",
    task="count",
    order=50,
)
