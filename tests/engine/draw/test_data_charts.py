from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from outfold.draw import class_counts, column_histogram, missingness
from tests.engine.data.quality_cases import noise, typed

NASTY = "<b>a & b</b>"


def bars(figure):
    return json.loads(figure.to_json())["data"]


def test_missing_bars_are_ranked_and_counted():
    """The column with most missing stands on top, in per cent of the rows."""
    figure = missingness.draw({"a": 5, "b": 0, NASTY: 50}, 100)
    (trace,) = figure.data
    assert list(trace.x) == [5, 50]
    assert list(figure.layout.yaxis.ticktext) == ["a", "&lt;b&gt;a &amp; b&lt;/b&gt;"]
    assert figure.layout.title.text.startswith("2 of 3 columns have missing values, &lt;b&gt;")
    assert "18% of all cells" in figure.layout.title.subtitle.text


def test_a_share_below_the_limit_is_not_written_as_the_limit():
    """A plain bar labelled 20% beside "hatched from 20% on" would be a contradiction."""
    figure = missingness.draw({"below": 19_870, "nearly": 19_999, "at": 20_000}, 100_000)
    (bars,) = figure.data
    assert dict(zip(figure.layout.yaxis.ticktext, bars.text, strict=True)) == {
        "below": "19.9%",
        "nearly": "19.9%",
        "at": "20%",
    }
    assert list(bars.marker.pattern.shape) == ["", "", "/"]


def test_columns_that_are_no_features_carry_a_star():
    """They are shown with the others, and the chart says what the star means."""
    figure = missingness.draw({"a": 5, "cabin": 7}, 10, apart=("cabin",))
    assert list(figure.layout.yaxis.ticktext) == ["a", "cabin *"]
    assert "a star: not a feature" in figure.layout.title.subtitle.text


def test_a_table_without_gaps_says_so():
    """An empty chart is an answer."""
    figure = missingness.draw({"a": 0, "b": 0}, 10)
    assert figure.layout.title.text == "No value is missing in 2 columns"


def test_at_most_forty_columns_are_drawn_and_the_title_says_so():
    """A chart of 2,000 bars shows nothing."""
    figure = missingness.draw({f"c{i}": i + 1 for i in range(200)}, 1000)
    assert len(figure.data[0].x) == 40
    assert "The 40 with most are shown" in figure.layout.title.subtitle.text


@pytest.mark.parametrize("name", ["x", "k", "c", "flag", "when"])
@pytest.mark.parametrize("split", [False, True])
def test_every_known_value_is_in_the_bars(name, split):
    """Counts add up to the known rows, or shares to 100 % in each class."""
    n = 300
    frame, schema = typed(
        {
            "x": np.where(np.arange(n) % 7 == 0, np.nan, noise(1, n)),
            "k": np.arange(n) % 5,
            "c": [f"level {i % 40}" for i in range(n)],
            "flag": np.arange(n) % 3 == 0,
            "when": pd.date_range("2024-01-01", periods=n, freq="h"),
            "y": [f"class {i % 9}" if i % 9 else None for i in range(n)],
        }
    )
    figure = column_histogram.draw(frame[name], schema[name], frame["y"] if split else None)
    known = frame[name].notna() & (frame["y"].notna() if split else True)
    total = sum(cell[1] for trace in figure.data for cell in trace.customdata)
    assert total == known.sum()
    if split:
        assert len(figure.data) == column_histogram.CLASSES
        assert [sum(trace.y) for trace in figure.data] == pytest.approx([100] * len(figure.data))
    else:
        assert sum(figure.data[0].y) == known.sum()
    assert all(len(trace.x) == len(set(trace.x)) <= 31 for trace in figure.data)


def test_a_numeric_title_tells_the_median():
    """The title is a finding."""
    frame, schema = typed({"age": np.arange(101)})
    title = column_histogram.draw(frame["age"], schema["age"]).layout.title.text
    assert title == "Half of age lies below 50, 90% between 5 and 95"


def test_a_column_without_values_has_a_chart_that_says_so():
    """No error on an empty column."""
    frame, schema = typed({NASTY: np.full(5, np.nan)})
    title = column_histogram.draw(frame[NASTY], schema[NASTY]).layout.title.text
    assert title == "&lt;b&gt;a &amp; b&lt;/b&gt; has no value to show"


def test_levels_that_look_alike_when_cut_have_bars_of_their_own():
    """Forty characters in common do not make them one."""
    frame, schema = typed({"c": ["x" * 50 + "1", "x" * 50 + "2", "x" * 50 + "2"]})
    (trace,) = column_histogram.draw(frame["c"], schema["c"]).data
    assert len(set(trace.x)) == 2
    assert list(trace.y) == [2, 1]


def test_class_counts_stand_side_by_side():
    """Before and after, the largest class first, a class that vanished with nothing."""
    figure = class_counts.draw({"b": 10, NASTY: 90, "c": 5}, {NASTY: 90, "b": 90}, "smote")
    before, after = figure.data
    assert list(before.y) == [90, 10, 5]
    assert list(after.y) == [90, 90, 0]
    assert before.x[0] == "&lt;b&gt;a &amp; b&lt;/b&gt;"
    assert "After smote" in figure.layout.title.text


def test_the_title_tells_how_unequal_classes_are():
    """The ratio of the largest to the smallest class."""
    assert (
        class_counts.draw({"no": 880, "yes": 120}).layout.title.text
        == "The largest class has 7.3 times the rows of the smallest"
    )
    title = class_counts.draw({"no": 880, "yes": 120}, {"no": 880, "yes": 880}, "smote")
    assert title.layout.title.text.replace("<br>", " ") == (
        "After smote all classes count the same, before the largest had 7.3 times the rows of the "
        "smallest (760 rows more)"
    )


def test_charts_leave_ground_and_font_to_the_page():
    """Light and dark are Streamlit's business."""
    frame, schema = typed({"x": noise(1)})
    for figure in (
        missingness.draw({"a": 1}, 2),
        column_histogram.draw(frame["x"], schema["x"]),
        class_counts.draw({"a": 1, "b": 2}),
    ):
        assert figure.layout.paper_bgcolor is None
        assert figure.layout.plot_bgcolor is None
        assert bars(figure)
