"""Large tables: figures of all rows, samples that anyone draws again, files that stay in place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outfold.data.large import memory
from outfold.data.large.described import described
from outfold.data.large.draw import allocated, draw
from outfold.data.large.engine import opened
from outfold.data.large.figures import figures, with_quartiles
from outfold.data.large.whole import Whole
from outfold.data.profile import profile
from outfold.data.source import open_data
from outfold.data.store import DatasetStore
from outfold.errors import NotApplicableError, ParameterError, ReadError, UnknownNameError
from tests.engine.data.in_process import Reading

N = 6000


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    wide = rng.normal(size=N)
    wide[::50] = np.nan
    wide[1] = np.inf
    return pd.DataFrame(
        {
            "row id": np.arange(N),
            "wide": wide,
            "few": rng.integers(-3, 4, N),
            "a 'quoted' \"name\"": np.exp(rng.normal(size=N)),
            "level": rng.choice(["x", "y", None, "z"], N, p=[0.6, 0.2, 0.1, 0.1]),
            "code": [f"c{k}" for k in rng.integers(0, N, N)],
            "when": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 10**6, N), "s"),
            "truth": pd.array(rng.choice([True, False, None], N, p=[0.3, 0.6, 0.1]), "boolean"),
            "target": rng.choice(["no", "yes"], N, p=[0.95, 0.05]),
        }
    )


@pytest.fixture(scope="module")
def file(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "a table [1].parquet"
    frame.to_parquet(path, row_group_size=700, index=False)
    return path


def test_the_figures_are_those_of_the_whole_table(frame, file, tmp_path):
    """Counts, extremes, means, deviations, levels and histograms equal those from memory."""
    with opened(file, tmp_path) as table:
        found = figures(table)
    reading = Reading(file)
    known = profile(reading.frame, reading.schema)
    for column in known.columns:
        mine = found[column.name]
        assert mine.missing == column.missing
        assert mine.unique == column.unique
        assert mine.unique_error == 0
        if column.type == "numeric":
            for name in ("mean", "sd", "min", "max"):
                assert mine.summary[name] == pytest.approx(column.summary[name], rel=1e-12)
        elif "top" in column.summary:
            assert mine.summary["top"] == column.summary["top"]
        elif column.type == "datetime":
            assert mine.summary == column.summary
        if column.histogram is not None:
            assert mine.histogram.levels == column.histogram.levels
            assert mine.histogram.counts == column.histogram.counts
            assert mine.histogram.edges == pytest.approx(column.histogram.edges)


def test_many_distinct_values_are_counted_within_the_error_told(file, tmp_path, monkeypatch):
    """A thinned count is near the truth, and its error is said."""
    monkeypatch.setattr("outfold.data.large.figures.EXACT", 1000)
    with opened(file, tmp_path) as table:
        found = figures(table)["a 'quoted' \"name\""]
    assert 0 < found.unique_error < 0.2
    assert found.unique == pytest.approx(N, rel=2 * found.unique_error)


def test_the_same_rows_are_drawn_whatever_the_threads_and_the_order(frame, file, tmp_path):
    """A row is in the sample for what it holds, not for where it stands or who met it."""
    shuffled = tmp_path / "shuffled.parquet"
    frame.sample(frac=1, random_state=1).to_parquet(shuffled, row_group_size=500, index=False)
    taken = []
    for path, threads in ((file, 1), (file, 4), (shuffled, 2)):
        with opened(path, tmp_path) as table:
            table.connection.execute(f"SET threads = {threads}")
            taken.append(draw(table, 1000, "target").table["row id"].to_pylist())
    assert taken[0] == taken[1] == sorted(taken[0])
    assert set(taken[2]) == set(taken[0])


def test_a_smaller_sample_lies_within_a_larger_one(file, tmp_path):
    """Enlarging a sample adds rows and drops none."""
    with opened(file, tmp_path) as table:
        small, large = (set(draw(table, n).table["row id"].to_pylist()) for n in (500, 2000))
    assert len(small) == 500
    assert len(large) == 2000
    assert small < large


def test_classes_keep_their_proportions_and_rare_ones_their_rows(frame, file, tmp_path):
    """Each value has its share, to the row, and at least 20 rows."""
    with opened(file, tmp_path) as table:
        drawn = draw(table, 1000, "target")
        few = draw(table, 100, "target")
    counts = frame["target"].value_counts()
    sampled = pd.Series(drawn.table["target"].to_pylist()).value_counts()
    assert len(drawn.table) == 1000
    assert sampled["yes"] == pytest.approx(counts["yes"] / 6, abs=1)
    assert pd.Series(few.table["target"].to_pylist()).value_counts()["yes"] == 20
    assert "'target' in proportion" in drawn.notes[0]


def test_rows_are_allocated_by_largest_remainders():
    """The sizes add up, and a stratum never gives more than it has."""
    assert allocated([600, 300, 100], 101) == [61, 30, 20]
    assert allocated([10_000, 5], 100) == [100, 5]
    assert allocated([1234], 50) == [50]


def test_a_sample_is_fair(frame, file, tmp_path):
    """Its means lie within four standard errors of the table's."""
    with opened(file, tmp_path) as table:
        drawn = draw(table, 1500).table
    for name in ("few", "a 'quoted' \"name\""):
        error = frame[name].std() / np.sqrt(1500)
        assert abs(np.mean(drawn[name].to_numpy()) - frame[name].mean()) < 4 * error


def test_a_table_of_many_equal_rows_is_drawn_fairly_too(tmp_path):
    """Equal rows are not all taken or all left: of two kinds, both are there in proportion."""
    path = tmp_path / "equal.parquet"
    pq.write_table(pa.table({"a": [0, 0, 0, 1] * 1000}), path)
    with opened(path, tmp_path) as table:
        drawn = draw(table, 400)
    assert len(drawn.table) == 400
    assert np.mean(drawn.table["a"].to_numpy()) == pytest.approx(0.25, abs=0.09)
    assert "place" in drawn.notes[1]


def test_a_column_that_is_not_there_is_named(file, tmp_path):
    """The person learns which columns there are."""
    with opened(file, tmp_path) as table, pytest.raises(UnknownNameError, match="'nothing'"):
        draw(table, 100, "nothing")


def test_quartiles_are_near_those_of_all_rows(frame, file, tmp_path):
    """The share of rows below a sample's quartile is off by at most about 1 / sqrt(n)."""
    with opened(file, tmp_path) as table:
        found = with_quartiles(figures(table), draw(table, 2500).table)
    values = frame["wide"].replace(np.inf, np.nan).dropna()
    for name, share in (("q1", 0.25), ("median", 0.5), ("q3", 0.75)):
        assert (values < found["wide"].summary[name]).mean() == pytest.approx(share, abs=0.03)


def test_a_sample_is_stored_and_the_file_stays(frame, file, tmp_path):
    """By reference, the store holds the sample and the figures, and knows where the table lies."""
    store = DatasetStore(tmp_path / "datasets")
    dataset = open_data(file, store, rows=1000)
    assert dataset.whole == store.get(dataset.key).whole
    assert dataset.whole.n_rows == N
    assert dataset.whole.stratified == "target"
    assert dataset.n_rows == len(store.frame(dataset.key)) == 1000
    assert "sample of 1,000 of 6,000 rows" in dataset.sample_sentence
    assert store.whole(dataset.key) == file
    assert {c.name: c.type for c in dataset.schema.columns}["row id"] == "identifier"
    assert open_data(file, store, rows=1000).key == dataset.key
    assert open_data(file, store, rows=900).key != dataset.key
    told = described(
        profile(store.frame(dataset.key), dataset.schema).to_plain(), store.figures(dataset.key), N
    )
    by_name = {c["name"]: c for c in told["columns"]}
    assert told["rows"] == N
    assert by_name["wide"]["missing"] == frame["wide"].isna().sum() + 1
    assert sum(by_name["wide"]["histogram"]["counts"]) == N - by_name["wide"]["missing"]
    assert len(told["approximate"]) == 4


def test_an_upload_is_kept_and_another_sample_can_be_drawn(file, tmp_path):
    """The file that was uploaded may go: the store has it, and draws again from it."""
    upload = tmp_path / "upload"
    upload.write_bytes(file.read_bytes())
    store = DatasetStore(tmp_path / "datasets")
    dataset = store.add_file(upload, "mine.parquet", rows=1000)
    upload.unlink()
    assert store.whole(dataset.key).parent == store.root
    again = store.draw_again(dataset.key, 2000, "level")
    assert (again.n_rows, again.name) == (2000, "mine.parquet")
    assert again.whole.stratified == "level"
    assert again.whole.path == dataset.whole.path
    assert set(store.frame(dataset.key)["row id"]) != set(store.frame(again.key)["row id"])
    assert store.list()[0].key == again.key


def test_a_file_that_changed_or_went_is_said(file, tmp_path):
    """Figures of another file are never shown as those of this one."""
    path = tmp_path / "moving.parquet"
    path.write_bytes(file.read_bytes())
    store = DatasetStore(tmp_path / "datasets")
    dataset = open_data(path, store, rows=500)
    pq.write_table(pq.read_table(path).slice(1), path)
    with pytest.raises(ReadError, match="has changed since"):
        store.whole(dataset.key)
    path.unlink()
    with pytest.raises(ReadError, match="no longer there"):
        store.whole(dataset.key)
    whole = open_data(file, store)
    with pytest.raises(NotApplicableError, match="whole table"):
        store.whole(whole.key)


def test_what_takes_more_than_the_share_of_memory_is_large(frame, file, tmp_path, monkeypatch):
    """The limit decides, and a delimited file above it is converted on the way."""
    monkeypatch.setattr(memory, "memory", lambda: 5_000_000)
    assert memory.largest_table() == 200_000
    actual = Reading(file, rows=3000).frame.memory_usage(deep=True).sum() * 2
    assert memory.decoded_size(file) == pytest.approx(actual, rel=0.35)
    text = tmp_path / "t.csv"
    frame.to_csv(text, index=False)
    monkeypatch.setenv("OUTFOLD_MEMORY_SHARE", "0.00001")
    store = DatasetStore(tmp_path / "datasets")
    monkeypatch.setenv("OUTFOLD_MEMORY_SHARE", "0.000001")
    with pytest.raises(ReadError, match="Take at most"):
        store.add_file(text, rows=5000)
    dataset = store.add_file(text)
    assert dataset.whole is not None
    assert dataset.whole.n_rows == N
    assert store.whole(dataset.key).parent == store.root
    assert dataset.n_rows < N


@pytest.mark.parametrize("text", ["0", "2", "half"])
def test_a_share_that_means_nothing_is_refused(monkeypatch, text):
    """The setting's name and what it takes are said."""
    monkeypatch.setenv("OUTFOLD_MEMORY_SHARE", text)
    with pytest.raises(ParameterError, match="OUTFOLD_MEMORY_SHARE"):
        memory.memory_share()


def test_too_few_rows_are_refused(file):
    """A sample of ten rows is no sample."""
    with pytest.raises(ReadError, match="A sample of 10 rows"):
        Reading(file, rows=10)


def test_a_built_in_sample_can_be_thinned(tmp_path):
    """``--rows`` has its effect on every table."""
    dataset = open_data("sample:wine", DatasetStore(tmp_path), rows=100)
    assert dataset.n_rows == 100
    assert dataset.whole.n_rows == 178


def test_the_sentence_says_how_a_sample_was_drawn():
    """Rows of both, and what keeps its proportions."""
    whole = Whole("k", "p", 10_000_000, 1, 0, 1)
    assert whole.sentence(200_000) == (
        "This is a sample of 200,000 of 10,000,000 rows, drawn by chance."
    )


def test_a_damaged_file_is_refused_as_any_other(file, tmp_path):
    """What is wrong is said in words."""
    path = tmp_path / "cut.parquet"
    path.write_bytes(file.read_bytes()[:20_000])
    with pytest.raises(ReadError, match="damaged"):
        Reading(path, rows=1000)
