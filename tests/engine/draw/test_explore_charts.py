"""What the charts of the exploration show."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import Column, Schema
from outfold.draw import association_matrix, missing_relation, pair_plot, redundancy, relevance
from outfold.explore import missing, pair
from outfold.explore import redundancy as groups
from outfold.explore import relevance as relevant
from outfold.explore.associate import associate

NASTY = "<b>x & y</b>"


def table(rows: int = 300, noise: int = 3) -> tuple[pd.DataFrame, Schema]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=rows)
    frame = pd.DataFrame(
        {
            NASTY: x,
            "copy": x + rng.normal(size=rows) * 0.01,
            "down": -x + rng.normal(size=rows),
            "c": pd.Categorical(np.where(x > 0, "<i>up</i>", "low")),
            "t": pd.array(rng.random(rows) < 0.5, dtype="boolean"),
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(rows), "h"),
        }
    )
    kinds = ["numeric"] * 3 + ["categorical", "boolean", "datetime"]
    for i in range(noise):
        frame[f"n{i}"] = rng.normal(size=rows)
        kinds.append("numeric")
    frame.loc[(x > 0.3) & (rng.random(rows) < 0.6), "n0"] = np.nan
    frame.loc[rng.random(rows) < 0.1, "down"] = np.nan
    columns = [
        Column(n, k, unique=int(frame[n].nunique())) for n, k in zip(frame, kinds, strict=True)
    ]
    return frame, Schema(tuple(columns))


def text(figure: object) -> str:
    """Everything that plotly would read as markup."""
    return figure.to_json()


def test_the_strongest_pair_is_the_title_and_names_are_escaped() -> None:
    """The matrix says what it found; a column's name is never markup."""
    frame, schema = table()
    figure = association_matrix.draw(associate(frame, schema))
    assert "&lt;b&gt;x &amp; y&lt;/b&gt; and copy go together most" in figure.layout.title.text or (
        "copy and &lt;b&gt;x &amp; y&lt;/b&gt; go together most" in figure.layout.title.text
    )
    assert "<b>x" not in json.dumps(json.loads(text(figure))["layout"])
    assert "of 36 pairs are significant" in figure.layout.title.subtitle.text


def test_every_cell_names_its_measure_and_can_be_chosen() -> None:
    """Points over the cells carry the two names; crosses stand on insignificant ones only."""
    frame, schema = table()
    found = associate(frame, schema)
    heat, plain, crossed = association_matrix.draw(found).data
    assert len(plain.customdata) + len(crossed.customdata) == 72
    assert all(crossed.marker.symbol == "x-thin" for _ in crossed.x)
    for a, b in crossed.customdata:
        assert found.of(a, b).p_adjusted >= 0.05
    for (a, b), said in zip(plain.customdata, plain.text, strict=True):
        assert found.of(a, b).p_adjusted < 0.05
        assert any(w in said for w in ("Pearson", "Cramér", "Correlation ratio"))
    assert (heat.zmin, heat.zmax) == (-1.0, 1.0)


def test_insignificant_cells_can_be_left_blank() -> None:
    """Then only significant pairs have a colour."""
    frame, schema = table()
    found = associate(frame, schema)
    heat = association_matrix.draw(found, hide_insignificant=True).data[0]
    filled = int((~np.isnan(np.array(heat.z, dtype=float))).sum())
    assert filled == 2 * int(found.significant().sum())


def test_two_hundred_columns_are_drawn_with_thinned_names() -> None:
    """Not every name fits, and beyond 200 columns the ones with the strongest links remain."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, 230))).add_prefix("v")
    frame["v229"] = frame["v0"]
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    figure = association_matrix.draw(associate(frame, schema))
    assert np.array(figure.data[0].z).shape == (200, 200)
    assert len(figure.layout.xaxis.tickvals) <= 60
    assert "the 200 of 230 columns" in figure.layout.title.subtitle.text
    assert len(text(figure)) < 8e6


def test_unsigned_measures_have_a_scale_from_nought() -> None:
    """Mutual information is in nats and never negative."""
    frame, schema = table()
    heat = association_matrix.draw(associate(frame, schema, "mutual_info")).data[0]
    assert heat.zmin == 0.0
    assert heat.colorbar.title.text == "nats"


def test_a_single_column_is_said_to_be_too_few() -> None:
    """No empty chart without words."""
    frame, schema = table()
    figure = association_matrix.draw(associate(frame[["copy"]], Schema((schema["copy"],))))
    assert "not two columns" in figure.layout.title.text


def test_relevance_marks_direction_and_significance_without_colour_alone() -> None:
    """Falling columns have another symbol, insignificant ones an open mark."""
    frame, schema = table()
    found = relevant.relevance(frame, schema, NASTY)
    figure = relevance.draw(found)
    marks = {
        point[1]: symbol
        for trace in figure.data
        for point, symbol in zip(trace.customdata, trace.marker.symbol, strict=True)
    }
    assert marks["copy"] == "circle"
    assert marks["down"] == "triangle-down"
    told = set(found.significant())
    assert {c for c, s in marks.items() if s.endswith("-open")} == set(marks) - told
    assert figure.layout.title.text.replace("<br>", " ").endswith("copy most")
    for trace in figure.data:
        assert min(trace.error_x.array) >= 0
        assert min(trace.error_x.arrayminus) >= 0


def test_redundancy_shows_one_star_a_group() -> None:
    """The star is the representative; without groups the chart says so."""
    frame, schema = table()
    found = groups.redundancy(associate(frame, schema), threshold=0.9)
    figure = redundancy.draw(found)
    stars, others = figure.data
    assert len(stars.x) == len(found.groups) == 1
    assert len(others.x) == 1
    assert figure.layout.title.text.startswith("1 of 9 columns say nearly")
    none = redundancy.draw(groups.redundancy(associate(frame, schema), threshold=1.0))
    assert "No two of 9 columns" in none.layout.title.text


def test_missing_relation_names_the_informative_column() -> None:
    """Filled marks are the columns whose gaps follow the target."""
    frame, schema = table()
    figure = missing_relation.draw(missing.missingness(frame, schema, NASTY))
    assert figure.layout.title.text.replace("<br>", " ").endswith("n0 most")
    assert {t.name: len(t.x) for t in figure.data} == {"related found": 1, "no relation found": 1}
    empty = missing_relation.draw(missing.missingness(frame[["t"]], Schema((schema["t"],))))
    assert empty.layout.title.text == "No value is missing"


@pytest.mark.parametrize("by", [None, "c"])
@pytest.mark.parametrize("rows", [200, 6000])
@pytest.mark.parametrize(
    ("a", "b"), [(NASTY, "down"), ("day", "down"), ("copy", "t"), ("day", "t"), ("t", "c")]
)
def test_every_kind_of_pair_can_be_drawn(a: str, b: str, rows: int, by: str | None) -> None:
    """With and without a split, few rows and many, names escaped, at most 5,000 points."""
    frame, schema = table(rows)
    view = pair.pair(frame, schema, a, b, by=by if by not in (a, b) else None)
    figure = pair_plot.draw(view)
    assert figure.layout.title.text
    assert "<i>" not in text(figure).replace("\\u003c", "<")
    assert "<b>x" not in text(figure).replace("\\u003c", "<")
    for trace in figure.data:
        if trace.type == "scattergl":
            assert len(trace.x) <= 5000
    shown = figure.layout.title.subtitle.text
    assert f"{view.n:,} rows" in shown
    assert ("split by c" in shown) == (view.by is not None)


def test_no_chart_sets_a_background_or_a_template() -> None:
    """Light and dark are the page's business."""
    frame, schema = table()
    found = associate(frame, schema)
    for figure in (
        association_matrix.draw(found),
        relevance.draw(relevant.relevance(frame, schema, "c")),
        redundancy.draw(groups.redundancy(found)),
        pair_plot.draw(pair.pair(frame, schema, "copy", "c")),
    ):
        assert figure.layout.paper_bgcolor is None
        assert figure.layout.plot_bgcolor is None
