import math

import numpy as np

from outfold.draw import (
    dropped_columns,
    penalty_path,
    score_by_size,
    selector_agreement,
    selector_value,
    stability_intervals,
)
from outfold.judge.score_by_size import ScoreBySize, SizeCurve, SizePoint
from outfold.judge.selector_value import Worth, Worths
from outfold.judge.stability import agreement, stability_interval
from outfold.select.penalised_path import Path
from outfold.select.selection import Selection
from outfold.study.study import NONE, Choice

NAN = math.nan
WIDE = {f"c{i}": float(200 - i) for i in range(200)}
FOUND = agreement(
    {
        "CFS": [Selection(("c0", "c1"), WIDE, score_name="uncertainty"),
                Selection(("c0",), WIDE, score_name="uncertainty")],
        "<i>L1</i>": [Selection(("c0",), {}), Selection(("c0",), {})],
    }
)  # fmt: skip


def test_the_matrix_of_a_wide_table_shows_a_part_led_by_the_consensus():
    """Forty of 200 columns; share, rank and score are in the hover text, names are no markup."""
    figure = selector_agreement.draw(FOUND)
    (heat,) = figure.data
    assert list(heat.x) == ["Consensus", "CFS", "&lt;i&gt;L1&lt;/i&gt;"]
    assert len(heat.y) == 40
    assert list(heat.text[0]) == ["●", "●", "●"]
    assert list(heat.text[1]) == ["25%", "50%", ""]
    assert "kept in 50% of 2 splits" in heat.customdata[1][1]
    assert "uncertainty: 199" in heat.customdata[1][1]
    assert "disagreement" in heat.customdata[0][0]
    assert "1 column is kept by every selector on every split" in figure.layout.title.text
    assert "198 of 200 never" in figure.layout.title.text
    assert "40 of 200 columns" in figure.layout.title.subtitle.text.replace("<br>", " ")


def test_the_matrix_draws_the_columns_asked_for_and_their_ranks():
    """A page of the matrix, in the order asked for; the finding is about all columns."""
    figure = selector_agreement.draw(FOUND, [7, 1], "rank")
    (heat,) = figure.data
    assert list(heat.y) == [FOUND.columns[7], "c1"]
    assert heat.text[1][1] == "2"
    assert figure.layout.title.text == selector_agreement.draw(FOUND).layout.title.text


def worth(key: str, gap: float, verdict: str, kept: float = 6.0) -> Worth:
    """A selector with a difference of a tenth to either side."""
    low, high = (NAN, NAN) if math.isnan(gap) else (gap - 0.1, gap + 0.1)
    return Worth(Choice(key) if key else NONE, kept, 30, 0.1, 0.2, 0.8 + (gap if gap == gap else 0),
                 0.7, 0.9, gap, low, high, 0.5, verdict)  # fmt: skip


def test_what_selectors_are_worth_is_said_in_the_title():
    """Fewest columns without a measurable loss; a gain goes before it; else what is lost."""
    every = worth("", NAN, "unknown", 30)
    free = Worths("roc_auc", "ROC AUC", True, "t", 0.95,
                  (every, worth("cfs", -0.01, "same"), worth("l1", -0.02, "same", 9)))  # fmt: skip
    figure = selector_value.draw(free, {"cfs": "CFS"})
    assert figure.layout.title.text == "CFS keeps 6 of 30 columns and loses nothing measurable"
    assert sum(len(t.x) for t in figure.data) == 2
    gain = Worths("roc_auc", "ROC AUC", True, "t", 0.95, (every, worth("cfs", 0.2, "better")))
    assert "gains 0.2 in ROC AUC" in selector_value.draw(gain).layout.title.text
    loss = Worths("brier", "Brier", False, "t", 0.95, (every, worth("cfs", 0.3, "worse")))
    assert "Every selector loses" in selector_value.draw(loss).layout.title.text
    none = Worths("brier", "Brier", False, "t", 0.95, (every,))
    assert "could not be tested" in selector_value.draw(none).layout.title.text


def test_the_smallest_good_size_has_a_ring_and_stands_in_the_title():
    """One line a method; undefined intervals draw no band."""
    points = tuple(
        SizePoint(k, float(k), score, NAN, NAN, NAN, NAN)
        for k, score in ((1, 0.7), (2, 0.89), (4, 0.9))
    )
    curve = SizeCurve("mrmr", points, 2, 1, 0)
    found = ScoreBySize("ROC AUC", True, 0.88, NAN, NAN, 30, (curve,), (), 0.95)
    figure = score_by_size.draw(found, {"mrmr": "mRMR"})
    line, ring = figure.data
    assert list(line.x) == [1, 2, 4]
    assert list(ring.x) == [2]
    assert figure.layout.title.text == "2 of 30 columns are enough with mRMR"
    empty = ScoreBySize("ROC AUC", True, NAN, NAN, NAN, 30, (), (), 0.95)
    assert score_by_size.draw(empty).layout.title.text == "No size could be scored"


def test_names_at_the_ends_of_a_path_do_not_cover_each_other():
    """Twelve lines that end in one place have names one below the other; the rest are grey."""
    weights = np.zeros((3, 20))
    weights[1:, :] = 0.5
    weights[2, 0] = 1.0
    names = tuple(f"c{i}" for i in range(20))
    figure = penalty_path.draw(Path(np.array([1.0, 0.1, 0.01]), weights, names), 0.1)
    named = [a for a in figure.layout.annotations if a.showarrow]
    assert len(named) == 12
    heights = sorted(a.ay for a in named)
    assert min(np.diff(heights)) > 0.049
    assert "at the penalty chosen 20 of 20 are in" in figure.layout.title.text.replace("<br>", " ")
    assert figure.data[8].name == "c0"
    assert len(figure.data) == 20


def test_dropped_columns_stand_under_the_column_that_they_repeat():
    """The largest group first; what could not be measured has no bar."""
    because = {"b": "a", "c": "a", "<b>e</b>": "d"}
    figure = dropped_columns.draw(because, {("b", "a"): 0.9, ("c", "a"): 0.95}, "CFS")
    (bars,) = figure.data
    assert list(bars.y[0]) == ["a", "a", "d"]
    assert list(bars.y[1]) == ["c", "b", "&lt;b&gt;e&lt;/b&gt;"]
    assert bars.x[2] is None
    assert figure.layout.title.text == "3 columns repeat kept ones, says CFS; 2 of them a"
    assert "drops nothing" in dropped_columns.draw({}, {}, "CFS").layout.title.text


def test_stability_over_halves_is_the_headline_where_it_is_known():
    """The stricter way of drawing rows decides; undefined ones are left out."""
    steady = stability_interval([[1, 0, 0], [1, 0, 0]])
    shaky = stability_interval([[1, 0, 0], [0, 1, 0]])
    void = stability_interval([[1, 1, 1], [1, 1, 1]])
    figure = stability_intervals.draw(
        {"over the splits": [("A", shaky), ("B", steady)],
         "over half samples": [("A", steady), ("B", shaky), ("C", void)]}
    )  # fmt: skip
    assert figure.layout.title.text.startswith("A is the steadiest, at 1.00; B the least")
    assert [len(t.x) for t in figure.data] == [2, 2]
    only = stability_intervals.draw({"over the splits": [("C", void)]})
    assert "undefined" in only.layout.title.text
