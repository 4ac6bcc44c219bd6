"""Laws of the data behind a pair's picture."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import Column, Schema
from outfold.draw import pair_plot
from outfold.errors import NotApplicableError, UnknownNameError
from outfold.explore.held_fixed import held_fixed
from outfold.explore.pair import pair
from outfold.explore.pair_measures import pair_measures
from outfold.explore.pair_view import Boxes, Grid, Points, Shares


def table(rows: int) -> tuple[pd.DataFrame, Schema]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=rows),
            "y": rng.standard_cauchy(size=rows),
            "c": pd.Categorical(rng.choice(list("abc"), rows)),
            "many": pd.Categorical(rng.integers(0, 50, rows).astype(str)),
            "t": pd.array(rng.random(rows) < 0.5, dtype="boolean"),
            "day": pd.Timestamp("2021-03-01") + pd.to_timedelta(np.arange(rows), "h"),
            "n": rng.integers(0, 3, rows),
            "words": ["free text"] * rows,
        }
    )
    frame.loc[::10, "x"] = np.nan
    frame.loc[3::10, "c"] = None
    kinds = ["numeric", "numeric", "categorical", "categorical", "boolean", "datetime", "numeric"]
    kinds.append("text")
    columns = [
        Column(n, k, unique=int(frame[n].nunique())) for n, k in zip(frame, kinds, strict=True)
    ]
    return frame, Schema(tuple(columns))


def test_few_rows_of_numbers_are_points_with_their_group() -> None:
    """Every shared row is a point; rows without a group have the code -1."""
    frame, schema = table(500)
    view = pair(frame, schema, "x", "y", by="c")
    assert isinstance(view.content, Points)
    both = frame["x"].notna() & frame["y"].notna()
    assert view.n == len(view.content.x) == both.sum()
    assert (view.content.group == -1).sum() == (both & frame["c"].isna()).sum()
    assert view.content.groups == ("a", "b", "c")
    assert view.association.measure == "pearson"


@pytest.mark.parametrize("ranked", [False, True])
@pytest.mark.parametrize(("a", "b"), [("x", "y"), ("day", "x"), ("t", "x")])
def test_with_others_held_fixed_the_points_correlate_by_the_partial_value(
    a: str, b: str, ranked: bool
) -> None:
    """The picture is of what is measured; truth values and times are numbers here."""
    frame, schema = table(500)
    frame["x"] += 0.5 * frame["n"]
    frame.loc[5::20, "n"] = np.nan
    view = held_fixed(frame, schema, a, b, ["n"], ranked=ranked, by="c")
    measured = [m for m in pair_measures(frame, schema, a, b, given=["n"]) if "given" in m.name]
    same = measured[ranked]
    assert (view.association.value, view.association.p_value) == (same.value, same.p_value)
    assert view.n == same.n == frame[[a, b, "n"]].notna().all(axis=1).sum()
    assert isinstance(view.content, Points)
    r = np.corrcoef(view.content.x, view.content.y)[0, 1]
    assert r == pytest.approx(same.value, abs=0.02 if view.content.shaken else 1e-9)
    title = pair_plot.draw(view).layout.title.text.replace("<br>", " ")
    assert f"with n held fixed (Partial {'rank ' if ranked else ''}correlation" in title


def test_what_leaves_nothing_cannot_be_held_fixed() -> None:
    """A column held fixed that determines one of the two, or a pair of levels, has no picture."""
    frame, schema = table(100)
    frame["n"] = 2 * frame["x"]
    with pytest.raises(NotApplicableError, match="nothing of 'x' or 'y' is left"):
        held_fixed(frame, schema, "x", "y", ["n"])
    with pytest.raises(NotApplicableError, match="Nothing can be held fixed"):
        held_fixed(frame, schema, "c", "y", ["x"])


def test_many_rows_of_numbers_are_counted_in_a_grid() -> None:
    """Inside, outside and unsplit rows add up; long tails do not crush the picture."""
    frame, schema = table(20_000)
    view = pair(frame, schema, "x", "y")
    assert isinstance(view.content, Grid)
    assert view.content.counts.sum() + view.content.outside == view.n == 18_000
    assert view.content.y_edges[-1] < frame["y"].max()
    split = pair(frame, schema, "x", "y", by="c").content
    assert isinstance(split, Grid)
    assert split.counts.shape == (3, 40, 40)
    assert len(view.content.x_edges) == 41


@pytest.mark.parametrize("order", [("x", "c"), ("c", "x")])
def test_a_number_beside_levels_gives_boxes(order: tuple[str, str]) -> None:
    """Quartiles and whiskers are those of the level's values, whichever column comes first."""
    frame, schema = table(500)
    view = pair(frame, schema, *order)
    assert (view.a, view.b, view.type_b) == ("c", "x", "numeric")
    assert isinstance(view.content, Boxes)
    for box in view.content.boxes:
        values = frame.loc[frame["c"] == box.level, "x"].dropna().to_numpy()
        np.testing.assert_allclose(
            [box.q1, box.median, box.q3], np.quantile(values, [0.25, 0.5, 0.75])
        )
        assert box.n == len(values)
        inside = values[(values >= box.low) & (values <= box.high)]
        assert len(inside) + box.n_outliers == box.n
        assert box.low >= box.q1 - 1.5 * (box.q3 - box.q1)
    assert sum(b.n for b in view.content.boxes) == view.n


def test_far_outliers_are_thinned_but_the_farthest_stay() -> None:
    """At most a hundred are kept for a box, with the count of all."""
    frame, schema = table(6000)
    view = pair(frame, schema, "y", "t", by="c")
    assert isinstance(view.content, Boxes)
    for box in view.content.boxes:
        some = (frame["t"].astype(str) == box.level) & (frame["c"] == box.group)
        assert len(box.outliers) <= 100 < box.n_outliers
        assert max(box.outliers) == frame.loc[some, "y"].max()


def test_two_columns_of_levels_give_shares_that_add_up() -> None:
    """Within a level of the first column the shares are 1; rare levels are put together."""
    frame, schema = table(2000)
    view = pair(frame, schema, "many", "c", by="t")
    assert isinstance(view.content, Shares)
    assert view.content.counts.sum() == view.n == frame["c"].notna().sum()
    assert len(view.content.levels_a) == 20
    assert view.content.levels_a[-1] == "(other levels)"
    np.testing.assert_allclose(view.content.shares().sum(axis=2), 1.0)
    assert "31 rarest of 50 levels of many" in view.notes[0]


def test_a_number_with_few_values_can_split() -> None:
    """A target of 0, 1, 2 splits like levels; one with many values is refused in a sentence."""
    frame, schema = table(300)
    assert pair(frame, schema, "x", "y", by="n").content.groups == ("0", "1", "2")
    with pytest.raises(NotApplicableError, match="too many to split by"):
        pair(frame, schema, "x", "c", by="y")


def test_what_cannot_be_drawn_is_refused() -> None:
    """Text, an unknown column and a column beside itself."""
    frame, schema = table(50)
    with pytest.raises(NotApplicableError, match="'words' cannot be drawn: it is of type text"):
        pair(frame, schema, "x", "words")
    with pytest.raises(UnknownNameError, match="no column 'z'"):
        pair(frame, schema, "x", "z")
    with pytest.raises(NotApplicableError, match="both sides"):
        pair(frame, schema, "x", "x")


def test_dates_are_seconds_and_pair_like_numbers() -> None:
    """A date beside a number is a picture of points."""
    frame, schema = table(100)
    view = pair(frame, schema, "day", "x")
    assert isinstance(view.content, Points)
    first = pd.Timestamp(view.content.x[0], unit="s")
    assert first == frame.loc[frame["x"].notna(), "day"].iloc[0]
