"""The network of strong links and the variance inflation of a whole table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.schema import Column, Schema
from outfold.draw import variance_inflation
from outfold.errors import NotApplicableError, ParameterError
from outfold.explore.associate import associate
from outfold.explore.associations import Associations
from outfold.explore.collinearity import collinearity, inflation_of
from outfold.explore.network import (
    FEW,
    MOST_LINKS,
    READABLE,
    USUAL,
    fitting_threshold,
    links_from,
    network,
)


def families(rows: int = 200, each: int = 5, many: int = 4) -> tuple[pd.DataFrame, Schema]:
    """Some families of columns that share a cause, and two columns that stand alone."""
    rng = np.random.default_rng(0)
    causes = rng.normal(size=(rows, many))
    values = {
        f"f{i}_{j}": causes[:, i] + rng.normal(size=rows) * 0.4
        for i in range(many)
        for j in range(each)
    }
    frame = pd.DataFrame({**values, "lone": rng.normal(size=rows), "own": rng.normal(size=rows)})
    return frame, Schema(tuple(Column(c, "numeric") for c in frame))


@pytest.fixture(scope="module")
def found() -> Associations:
    return associate(*families())


def test_every_link_reaches_the_threshold_and_none_is_missed(found) -> None:
    """The links are the strong pairs, the parts the families."""
    net = network(found, threshold=0.6)
    linked = {(k.pair.a, k.pair.b) for k in net.links}
    wanted = {(p.a, p.b) for p in found if abs(p.value) >= 0.6}
    assert linked == wanted
    assert net.parts == 4
    assert {n.column for n in net.nodes} == set(found.columns) - {"lone", "own"}
    assert net.n_columns == 22
    degree = dict.fromkeys((n.column for n in net.nodes), 0)
    for k in net.links:
        for place in (k.a, k.b):
            degree[net.nodes[place].column] += 1
    assert degree == {n.column: n.links for n in net.nodes}


def test_places_are_always_the_same_and_no_two_columns_share_one(found) -> None:
    """The same table has the same picture; families stand apart from each other."""
    one, other = (network(found, threshold=0.6) for _ in range(2))
    assert [(n.x, n.y) for n in one.nodes] == [(n.x, n.y) for n in other.nodes]
    place = np.array([(n.x, n.y) for n in one.nodes])
    gap = np.linalg.norm(place[:, None] - place[None], axis=2)
    np.fill_diagonal(gap, np.inf)
    assert gap.min() > 0.4
    family = np.array([n.column[:2] for n in one.nodes])
    same = family[:, None] == family[None, :]
    np.fill_diagonal(gap, 0.0)
    assert gap[same].mean() < gap[~same].mean()


def test_a_dense_table_keeps_its_strongest_links() -> None:
    """A blot says nothing: links are capped and counted."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, 70)) + rng.normal(size=(60, 1)) * 3).add_prefix("v")
    dense = associate(frame, Schema(tuple(Column(c, "numeric") for c in frame)))
    net = network(dense, threshold=0.3)
    assert len(net.links) == MOST_LINKS < net.n_links
    assert min(k.strength for k in net.links) == pytest.approx(
        float(np.sort(dense.strength())[-MOST_LINKS])
    )
    assert np.isfinite([(n.x, n.y) for n in net.nodes]).all()


def test_without_a_strong_link_the_strongest_pair_is_still_named(found) -> None:
    """Nothing to draw, something to say."""
    net = network(found, threshold=1.0)
    assert not net.nodes
    assert net.strongest is not None
    with pytest.raises(ParameterError, match="threshold is 0"):
        network(found, threshold=0)


def test_the_picture_starts_where_it_can_be_read() -> None:
    """Raised where many columns are linked, lowered where hardly any are, else as usual."""
    rng = np.random.default_rng(7)

    def start(table: np.ndarray) -> tuple[float, Associations]:
        frame = pd.DataFrame(table).add_prefix("v")
        found = associate(frame, Schema(tuple(Column(c, "numeric") for c in frame)))
        return fitting_threshold(found), found

    dense, found = start(rng.normal(size=(200, 90)) + rng.normal(size=(200, 1)) * 1.3)
    assert dense > USUAL
    links, columns = links_from(found, dense)
    assert columns <= READABLE[0]
    assert links <= READABLE[1]
    assert links_from(found, round(dense - 0.01, 2)) > (READABLE[1], 0) or columns < READABLE[0]
    weak, found = start(rng.normal(size=(2000, 8)) + rng.normal(size=(2000, 1)) * 0.8)
    assert 0.3 <= weak < USUAL
    assert links_from(found, weak)[0] >= FEW > links_from(found, USUAL)[0]
    assert start(rng.normal(size=(200, 6)) + rng.normal(size=(200, 1)) * 2)[0] == USUAL


def test_inflation_is_the_same_from_the_triangle_as_from_the_rows() -> None:
    """1 / (1 - R²) of each column regressed on the others."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(120, 5))
    x[:, 4] += x[:, 0] * 3 - x[:, 1]
    got = inflation_of({f"c{i}": x[:, i : i + 1] for i in range(5)})
    for i in range(5):
        others = np.column_stack([np.ones(120), np.delete(x, i, axis=1)])
        rest = x[:, i] - others @ np.linalg.lstsq(others, x[:, i], rcond=None)[0]
        share = (rest @ rest) / ((x[:, i] - x[:, i].mean()) ** 2).sum()
        assert got[f"c{i}"].gvif == pytest.approx(1 / share, rel=1e-9)


def test_columns_that_cannot_be_inflated_are_named(monkeypatch) -> None:
    """Constants and columns of very many levels take no part; large tables are sampled."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(3000, 2)), columns=["a", "b"])
    frame["same"] = 1.0
    frame["many"] = pd.Categorical(rng.integers(0, 60, 3000).astype(str))
    kinds = ["numeric"] * 3 + ["categorical"]
    schema = Schema(tuple(Column(c, k) for c, k in zip(frame, kinds, strict=True)))
    monkeypatch.setattr("outfold.explore.collinearity.MOST_CELLS", 3000)
    found = collinearity(frame, schema)
    assert set(found.columns) == {"a", "b"}
    assert {c.name for c in found.left_out} == {"same", "many"}
    assert found.n == 1000
    assert "1,000 of these rows" in found.notes[-1]
    shown = variance_inflation.draw(found).layout.title.subtitle.text
    assert "1,000 drawn by chance of 3,000 rows" in shown
    with pytest.raises(NotApplicableError, match="3 rows cannot tell") as said:
        collinearity(frame[:3][["a", "b"]], Schema(schema.columns[:2]))
    assert "missing" not in said.value.hint
    holey = frame[:4][["a", "b"]].copy()
    holey.loc[0, "a"] = np.nan
    with pytest.raises(NotApplicableError, match="3 complete rows") as said:
        collinearity(holey, Schema(schema.columns[:2]))
    assert "fill the missing" in said.value.hint


def test_columns_with_most_gaps_are_left_out_where_few_rows_would_remain() -> None:
    """A column that is nearly always missing must not take all others with it."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(200, 4)), columns=list("abcd"))
    frame.loc[frame.index[:190], "c"] = np.nan
    frame.loc[frame.index[:20], "d"] = np.nan
    found = collinearity(frame, Schema(tuple(Column(c, "numeric") for c in frame)))
    assert set(found.columns) == {"a", "b", "d"}
    assert found.n == 180
    assert [(c.name, c.why) for c in found.left_out] == [("c", "is missing in 95% of the rows")]


def test_inflation_is_measured_where_every_column_has_gaps_of_its_own() -> None:
    """Few rows are complete then, but enough for some columns; without any the reason is said."""
    rng = np.random.default_rng(6)
    values = rng.normal(size=(20_000, 30))
    values[:, 1] += values[:, 0]
    values[rng.random(values.shape) < 0.2] = np.nan
    frame = pd.DataFrame(values).add_prefix("v")
    schema = Schema(tuple(Column(c, "numeric") for c in frame))
    found = collinearity(frame, schema)
    assert len(found.columns) >= 10
    assert found.n >= 50 * len(found.columns)
    assert len(found.columns) + len(found.left_out) == 30
    apart = pd.DataFrame({"a": [1.0, 2, 3, 4] + [np.nan] * 4, "b": [np.nan] * 4 + [1.0, 3, 2, 4]})
    with pytest.raises(NotApplicableError, match="Too few rows have no gap") as said:
        collinearity(apart, Schema((Column("a", "numeric"), Column("b", "numeric"))))
    assert "Fill the missing values" in said.value.hint
