"""The chart of the leakage meter shows both scores of each mistake and says the finding."""

from __future__ import annotations

import math

from outfold.draw import leakage as picture
from outfold.judge.leakage import NAMES, Leakage, Optimism


def found(*lines: Optimism, direction="higher", metric="ROC AUC") -> Leakage:
    """A measurement with these mistakes."""
    return Leakage(
        "roc_auc", metric, direction, "cfs", "smote", "logistic", 0.95, "corrected t", lines,
        0.5, 0.5, 500, 2000, 5, ("A note.",),
    )  # fmt: skip


def line(mistake, honest: float, believed: float, low: float, high: float) -> Optimism:
    """A mistake that was measured."""
    gap = believed - honest
    return Optimism(mistake, NAMES[mistake], honest, believed, gap, low, high, 5)


NOT_MEASURED = Optimism(
    "selection", NAMES["selection"], 0.51, math.nan, math.nan, math.nan, math.nan, 0, "No column."
)
SMOTE = line("resampling", 0.51, 0.99, 0.3, 0.6)
PREPARED = line("preparation", 0.51, 0.512, -0.01, 0.014)


def test_the_title_is_the_finding_by_the_method_s_name():
    """Both numbers stand in it; what was sampled stands below."""
    shown = found(PREPARED, NOT_MEASURED, SMOTE)
    figure = picture.draw(shown)
    title = figure.layout.title.text.replace("<br>", " ")
    assert (
        title == "SMOTE before the split would have promised ROC AUC 0.99; out of fold it is 0.51"
    )
    assert "500 of 2,000 rows" in figure.layout.title.subtitle.text.replace("<br>", " ")
    dots = {t.name: t for t in figure.data if t.mode == "markers"}
    assert list(dots["out of fold"].x) == [0.51, 0.51]
    assert list(dots["what one would have believed"].x) == [0.512, 0.99]
    assert list(dots["out of fold"].customdata[1])[3] == "+0.48 (0.30 to 0.60)"
    (above,) = [t for t in figure.data if t.mode == "text"]
    assert list(above.text) == ["+0.00 (−0.01 to 0.01)", "+0.48 (0.30 to 0.60)"]
    guess = figure.data[-1]
    assert guess.name == "a guess that looks at no column: 0.50"
    assert list(guess.x) == [0.5, 0.5]


def test_nothing_that_is_told_from_chance_is_no_finding():
    """A small gap with 0 in its interval is none; a large one is named, with the doubt."""
    assert found(PREPARED).sentence().startswith("On this table none of these mistakes")
    assert found(line("selection", 0.8, 0.7, -0.2, -0.05)).worst is not None
    assert "none of these" in found(line("selection", 0.8, 0.7, -0.2, -0.05)).sentence()
    unsure = found(line("selection", 0.5, 0.9, -0.1, 0.9)).sentence()
    assert unsure.endswith("it is 0.50, though 5 splits cannot tell how much of that is chance")
    assert found(NOT_MEASURED).sentence() == "No mistake could be measured on this table"
    picture.draw(found(NOT_MEASURED))
