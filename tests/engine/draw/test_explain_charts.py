"""Charts of explanations say what is so, and names from a table stay text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.draw import (
    cohort_importance,
    permutation_importance,
    shap_bar,
    shap_beeswarm,
    shap_dependence,
    shap_waterfall,
    surrogate_tree,
)
from outfold.judge.explanation import View
from outfold.judge.permutation_importance import PermutationImportance, Shuffled
from outfold.judge.shap_dependence import shap_dependence as dependence
from outfold.judge.shap_importance import cohorts, shap_importance

BAD = "<img src=x>"
N = 6000


@pytest.fixture(scope="module")
def seen():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"size": rng.normal(size=N), BAD: pd.Categorical(rng.choice([BAD, "plain"], N)),
         "gap": np.where(rng.random(N) < 0.2, np.nan, rng.normal(size=N))}
    )  # fmt: skip
    shap = np.column_stack(
        [2 * table["size"], 0.3 * (table[BAD] == BAD) * np.sign(table["size"]), np.zeros(N)]
    )
    output = 1 + shap.sum(axis=1)
    view = View(
        tuple(table.columns), np.arange(N), np.arange(N) % 3, np.zeros(N, dtype=bool), shap,
        np.ones(N), output, output, f"log-odds of {BAD}", BAD, 0, False, 0.5,
    )  # fmt: skip
    return view, table


def figures(seen):
    view, table = seen
    ranked = shap_importance(view, table)
    rows = tuple(Shuffled((f,), 0.1, 0.05, 0.15, (0.1, 0.1)) for f in view.features)
    shuffled = PermutationImportance("accuracy", "Accuracy", 0.8, rows, (), 5, 100, 2)
    nodes = [
        {
            "left": 1,
            "right": 2,
            "share": 1.0,
            "value": 0.4,
            "column": BAD,
            "rule": f"{BAD} ≤ 1",
            "other": f"{BAD} > 1",
        },
        {
            "left": -1,
            "right": -1,
            "share": 0.5,
            "value": 0.1,
            "column": "",
            "rule": "",
            "other": "",
        },
        {
            "left": -1,
            "right": -1,
            "share": 0.5,
            "value": 0.7,
            "column": "",
            "rule": "",
            "other": "",
        },
    ]
    return {
        "bar": shap_bar.draw(ranked, view.scale),
        "swarm": shap_beeswarm.draw(view, table, ranked),
        "dependence": shap_dependence.draw(dependence(view, table, "size")),
        "levels": shap_dependence.draw(dependence(view, table, BAD)),
        "waterfall": shap_waterfall.draw(view, 3, table),
        "groups": cohort_importance.draw(cohorts(view, table[BAD].tolist(), BAD), view.scale),
        "shuffled": permutation_importance.draw(shuffled),
        "tree": surrogate_tree.draw(nodes, [0.5, None], BAD, 0),
    }


def test_names_from_a_table_stay_text_in_every_chart(seen):
    """Neither a column, a level nor a class becomes markup."""
    for name, figure in figures(seen).items():
        assert figure.data, name
        assert figure.layout.title.text, name
        assert "<img" not in figure.to_json().replace("\\u003c", "<"), name


def test_charts_carry_thousands_of_points_at_the_most(seen):
    """However many rows are explained."""
    for name, figure in figures(seen).items():
        assert sum(len(trace.x) for trace in figure.data) <= 5000, name


def test_titles_are_findings(seen):
    """What moves most, which way, and on what it depends."""
    found = figures(seen)
    assert "size moves predictions most" in found["bar"].layout.title.text
    assert "High values of size raise" in found["swarm"].layout.title.text
    assert "catches 50%" in found["tree"].layout.title.text.replace("<br>", " ")


def test_a_waterfall_goes_from_the_average_to_the_row(seen):
    """Bars lie end to end."""
    view, table = seen
    steps, _, _, ends = shap_waterfall.draw(view, 3, table).data
    assert ends.x[0] == view.base[3]
    assert ends.x[1] == pytest.approx(view.output[3])
    assert steps.base[-1] + steps.x[-1] == pytest.approx(view.output[3])
