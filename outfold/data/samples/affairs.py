"""Affairs: a survey with few informative answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

from outfold.data.sample import Sample


def _load() -> pd.DataFrame:
    import pandas as pd
    from statsmodels.datasets import fair

    raw = fair.load_pandas().data
    work = {
        1: "student",
        2: "farming",
        3: "skilled",
        4: "teacher",
        5: "managerial",
        6: "professional",
    }
    return pd.DataFrame(
        {
            "marriage rating": raw["rate_marriage"].astype("int64"),
            "age": raw["age"],
            "years married": raw["yrs_married"],
            "children": raw["children"],
            "religious": raw["religious"].astype("int64"),
            "years of school": raw["educ"].astype("int64"),
            "occupation": raw["occupation"].map(work).astype("str"),
            "husband's occupation": raw["occupation_husb"].map(work).astype("str"),
            "affair": raw["affairs"].gt(0).map({True: "yes", False: "no"}).astype("str"),
        }
    )


SAMPLE = Sample(
    key="affairs",
    title="Affairs",
    story="Did a married woman of 1974 report an affair? A third did; the rest says little.",
    source="Fair (1978), Redbook survey; from statsmodels (fair).",
    load=_load,
    target="affair",
    task="binary",
    order=60,
)
