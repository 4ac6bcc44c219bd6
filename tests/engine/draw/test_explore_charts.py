"""What the charts of the exploration show."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import Column, Schema
from outfold.draw import (
    association_matrix,
    association_network,
    missing_relation,
    pair_plot,
    redundancy,
    relevance,
    variance_inflation,
)
from outfold.explore import missing, network, pair
from outfold.explore import redundancy as groups
from outfold.explore import relevance as relevant
from outfold.explore.associate import associate
from outfold.explore.collinearity import collinearity

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
    signed, unsigned, plain, crossed = association_matrix.draw(found).data
    assert len(plain.customdata) + len(crossed.customdata) == 72
    assert all(crossed.marker.symbol == "x-thin" for _ in crossed.x)
    for a, b in crossed.customdata:
        assert found.of(a, b).p_adjusted >= 0.05
    for (a, b), said in zip(plain.customdata, plain.text, strict=True):
        assert found.of(a, b).p_adjusted < 0.05
        assert any(w in said for w in ("Pearson", "Cramér", "Correlation ratio"))
    assert (signed.zmin, signed.zmax, unsigned.zmin, unsigned.zmax) == (-1.0, 1.0, 0.0, 1.0)


def test_measures_without_a_sign_have_cells_and_a_scale_of_their_own() -> None:
    """Nobody can take a Cramér's V for a positive correlation: other colours, smaller cells."""
    frame, schema = table()
    found = associate(frame, schema)
    figure = association_matrix.draw(found)
    signed, unsigned = figure.data[:2]
    assert list(signed.colorscale) != list(unsigned.colorscale)
    assert unsigned.xgap > signed.xgap
    values = [np.array(h.z, dtype=float) for h in (signed, unsigned)]
    assert not (~np.isnan(values[0]) & ~np.isnan(values[1])).any()
    for place, b in enumerate(signed.x):
        if b == "t":  # a truth value has a direction beside numbers, none beside levels
            beside = [a for a, v in zip(signed.x, values[1][place], strict=True) if v == v]
            assert beside == ["c"]
    mixed = associate(frame, schema, by_kind={"mixed": "mutual_info"})
    heat = association_matrix.draw(mixed).data[1]
    assert heat.zmax == 1.0
    assert np.nanmax(np.array(heat.z, dtype=float)) <= 1.0


def test_clusters_are_framed_and_their_members_stand_together() -> None:
    """The copy of a column shares its frame."""
    frame, schema = table()
    figure = association_matrix.draw(associate(frame, schema))
    axis = list(figure.layout.xaxis.categoryarray)
    frames = [axis[int(s.x0 + 0.5) : int(s.x1 + 0.5)] for s in figure.layout.shapes]
    assert any("copy" in f and "&lt;b&gt;x &amp; y&lt;/b&gt;" in f for f in frames)


def test_insignificant_cells_can_be_left_blank() -> None:
    """Then only significant pairs have a colour."""
    frame, schema = table()
    found = associate(frame, schema)
    heats = association_matrix.draw(found, hide_insignificant=True).data[:2]
    filled = sum(int((~np.isnan(np.array(heat.z, dtype=float))).sum()) for heat in heats)
    assert filled == 2 * int(found.significant().sum())


def test_two_hundred_columns_are_drawn_with_thinned_names() -> None:
    """Not every name fits, and beyond 200 columns the ones with the strongest links remain."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, 230))).add_prefix("v")
    frame["v229"] = frame["v0"]
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    figure = association_matrix.draw(associate(frame, schema))
    assert np.array(figure.data[0].z).shape == (200, 200)
    assert figure.layout.xaxis.type == "category"  # names are thinned by room, zooming shows all
    assert len(set(figure.layout.xaxis.categoryarray)) == 200
    assert ["v0", "v229"] in [list(pair) for pair in figure.data[1].customdata]
    assert len(figure.data[1].x) <= 3000
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


def test_names_that_have_no_room_on_a_narrow_screen_are_said_to_be_on_the_cells() -> None:
    """Of 19 columns all are named whatever the width; of more the chart says where to look."""
    rng = np.random.default_rng(1)
    for many, said in ((5, False), (19, False), (20, True), (40, True)):
        frame = pd.DataFrame(rng.normal(size=(50, many))).add_prefix("column ")
        found = associate(frame, Schema(tuple(Column(c, "numeric") for c in frame)))
        figure = association_matrix.draw(found)
        named = figure.layout.xaxis.tickvals or ()
        assert len(named) == (0 if said else many)
        below = figure.layout.title.subtitle.text.replace("<br>", " ")
        assert ("point at a cell where a name has no room" in below) == said


@pytest.mark.parametrize("panels", [2, 3, 4, 7])
def test_the_lowest_panel_of_every_column_of_panels_has_its_values(panels: int) -> None:
    """A row that is not full leaves no panel above it without an axis."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"x": rng.normal(size=6000), "y": rng.normal(size=6000)})
    frame["by"] = pd.Categorical([f"g{i % panels}" for i in range(6000)])
    kinds = ("numeric", "numeric", "categorical")
    schema = Schema(
        tuple(Column(n, k, unique=frame[n].nunique()) for n, k in zip(frame, kinds, strict=True))
    )
    figure = pair_plot.draw(pair.pair(frame, schema, "x", "y", by="by"))
    across = min(panels, 3)
    for panel in range(panels):
        axis = next(figure.select_xaxes(row=panel // across + 1, col=panel % across + 1))
        lowest = panel >= panels - across
        assert (axis.showticklabels is not False) == lowest
    assert any(axis.title.text == "x" for axis in figure.select_xaxes())


def linked(threshold: float = 0.5) -> network.Network:
    """The network of the table, its groups and its relevance to ``c``."""
    frame, schema = table()
    found = associate(frame, schema)
    strengths = relevant.relevance(frame, schema, "c").strengths()
    same = groups.redundancy(found, strengths, apart=("c",))
    return network.network(found, strengths, same, threshold=threshold, target="c")


def test_links_of_the_network_are_drawn_by_direction_and_name_their_pair() -> None:
    """Falling pairs are dashed, a click on a line's middle says which two it joins."""
    found = linked()
    figure = association_network.draw(found)
    middles = next(t for t in figure.data if t.customdata is not None)
    assert [tuple(p) for p in middles.customdata] == [(k.pair.a, k.pair.b) for k in found.links]
    dashes = {t.line.dash for t in figure.data if t.mode == "lines"}
    assert dashes == {"solid", "dash", "dot"}
    marks = [t for t in figure.data if t.mode == "markers+text"]
    assert {t.name: t.marker.symbol for t in marks}["the target"] == "star"
    assert sum(len(t.x) for t in marks) == len(found.nodes)
    assert "form one net" in figure.layout.title.text
    assert "<b>x" not in text(figure)
    empty = association_network.draw(linked(1.0))
    assert "No two columns are linked by 1 or more" in empty.layout.title.text


def test_the_most_linked_column_is_named_only_where_one_has_most() -> None:
    """Three separate pairs have no most linked column; then the strongest pair is the finding."""
    rng = np.random.default_rng(0)
    base = rng.normal(size=(200, 3))
    frame = pd.DataFrame(
        {
            f"{name}{i}": base[:, i] + rng.normal(size=200) * 0.1 * (i + 1)
            for i in range(3)
            for name in "ab"
        }
    )
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    pairs = association_network.draw(network.network(associate(frame, schema)))
    said = pairs.layout.title.text.replace("<br>", " ")
    assert "the strongest link is a0 with b0 (Pearson's r 0.9" in said
    assert "most links" not in said
    frame["a1"] = frame["a0"] + frame["a1"]
    star = association_network.draw(network.network(associate(frame, schema)))
    assert "a1 has the most links (3)" in star.layout.title.text.replace("<br>", " ")


def test_of_many_columns_the_most_linked_are_named_and_no_name_covers_another() -> None:
    """On a narrow screen names stand apart; a click on a mark opens its strongest pair."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(80, 110)) + rng.normal(size=(80, 1)) * 2)
    frame = frame.add_prefix("a long name ")
    found = network.network(
        associate(frame, Schema(tuple(Column(c, "numeric") for c in frame))), threshold=0.8
    )
    figure = association_network.draw(found)
    marks = [t for t in figure.data if t.mode == "markers+text"]
    boxes = []
    for t in marks:
        for x, y, name, side in zip(t.x, t.y, t.text, t.textposition, strict=True):
            if name:
                boxes.append((x, y + (0.1 if side == "top center" else -0.1), len(name)))
    assert 8 < len(boxes) < len(found.nodes)
    wide = (figure.layout.xaxis.range[1] - figure.layout.xaxis.range[0]) / 360
    high = (figure.layout.yaxis.range[1] - figure.layout.yaxis.range[0]) / figure.layout.height
    for i, (x, y, n) in enumerate(boxes):
        for u, v, m in boxes[:i]:
            assert abs(x - u) > 2.5 * (n + m) * wide or abs(y - v) > 5 * high
    most = max(found.nodes, key=lambda node: node.links)
    assert most.links >= 1
    strongest = {}
    for k in found.links:
        for one, other in ((k.pair.a, k.pair.b), (k.pair.b, k.pair.a)):
            strongest.setdefault(one, other)
    clicked = dict(pair for t in marks for pair in t.customdata)
    assert clicked == strongest


def test_variance_inflation_tells_determined_columns_from_inflated_ones() -> None:
    """A sum of others is infinite and stands apart; the title counts what is 10 or more."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(60, 4)), columns=list("abcd"))
    frame["sum"] = frame["a"] + frame["b"]
    frame["near"] = frame["c"] + rng.normal(size=60) * 0.05
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    figure = variance_inflation.draw(collinearity(frame, schema))
    counted = {trace.name: len(trace.x) for trace in figure.data}
    assert counted == {"determined by the others": 3, "10 or more": 2, "below 10": 1}
    assert figure.layout.title.text.startswith("5 of 6 columns are largely a mixture")
    assert max(max(trace.x) for trace in figure.data) < 1e9


def test_numbers_of_few_values_are_counted_or_set_aside() -> None:
    """No point hides a hundred others: areas are counts, and one crowded axis is loosened."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"i": rng.integers(0, 4, 400), "j": rng.integers(0, 3, 400)}).astype(float)
    frame["x"] = rng.normal(size=400)
    frame["c"] = pd.Categorical(rng.choice(["a", "b"], 400))
    kinds = ["numeric"] * 3 + ["categorical"]
    schema = Schema(tuple(Column(c, k) for c, k in zip(frame, kinds, strict=True)))
    bubbles = pair_plot.draw(pair.pair(frame, schema, "i", "j", by="c"))
    assert sum(sum(trace.customdata) for trace in bubbles.data) == 400
    for trace in bubbles.data:
        size, counts = np.array(trace.marker.size), np.array(trace.customdata)
        assert (np.argsort(size, kind="stable") == np.argsort(counts, kind="stable")).all()
    view = pair.pair(frame, schema, "i", "x")
    assert view.content.shaken == ("i",)
    assert np.abs(view.content.x - np.round(view.content.x)).max() <= 0.25
    assert (np.round(view.content.x) == frame["i"]).all()
    assert view.content.y == pytest.approx(frame["x"].to_numpy())


def test_a_pair_is_drawn_with_the_measure_that_was_asked_for() -> None:
    """The title's figure is that measure's; one of other types gives way to the usual one."""
    frame, schema = table()
    ranked = pair_plot.draw(pair.pair(frame, schema, "copy", "down", measure="spearman"))
    assert "Spearman's rho" in ranked.layout.title.text.replace("<br>", " ")
    usual = pair.pair(frame, schema, "copy", "c", measure="spearman")
    assert usual.association.measure == "eta"


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
