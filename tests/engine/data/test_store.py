"""Datasets are kept once, by content, and come back as they were typed."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outfold.data.samples import sample_named, samples
from outfold.data.source import open_data
from outfold.data.store import DatasetStore
from outfold.errors import ReadError, UnknownNameError

ROOT = Path(__file__).resolve().parents[3]
FRAME = pd.DataFrame(
    {
        "n": [1.5, np.nan, 2.0, 2.5] * 10,
        "c": ["item 10", None, "item 9", "item 9"] * 10,
        "b": pd.array([True, None, False, True] * 10, dtype="boolean"),
        "d": pd.date_range("2024-01-01", periods=40),
        "code": ["007", "008", "007", "009"] * 10,
    }
)


@pytest.fixture
def store(tmp_path: Path) -> DatasetStore:
    return DatasetStore(tmp_path / "datasets")


def test_a_frame_comes_back_as_it_was_typed(store: DatasetStore) -> None:
    """The stored types stand; nothing is guessed again."""
    dataset = store.add_frame(FRAME, "mine", ["a note"])
    frame = store.frame(dataset.key)
    assert {c.name: c.type for c in dataset.schema.columns} == {
        "n": "numeric", "c": "categorical", "b": "boolean", "d": "datetime", "code": "categorical",
    }  # fmt: skip
    assert frame["c"].cat.categories.tolist() == ["item 9", "item 10"]
    assert frame["code"].tolist() == FRAME["code"].tolist()
    assert "a note" in dataset.notes
    assert store.get(dataset.key) == dataset
    assert dataset.n_rows == 40


def test_columns_can_be_loaded_alone_and_in_any_order(store: DatasetStore) -> None:
    """Only what is asked for is read."""
    key = store.add_frame(FRAME, "mine").key
    assert list(store.frame(key, ["code", "n"]).columns) == ["code", "n"]
    assert store.frame(key, []).shape == (40, 0)
    with pytest.raises(UnknownNameError, match="There is no column 'zzz'"):
        store.frame(key, ["zzz"])


def test_equal_content_is_stored_once_whatever_its_name(
    store: DatasetStore, tmp_path: Path
) -> None:
    """The key is a hash of names, types and values; a file and a frame can share it."""
    path = tmp_path / "t.csv"
    frame = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]})
    frame.to_csv(path, index=False)
    first = store.add_frame(frame, "one")
    second = store.add_file(path, "two")
    third = store.add_file(path, "three", delimiter=",")
    assert first.key == second.key == third.key
    assert len(list(store.root.glob("*.parquet"))) == 1
    assert [d.name for d in store.list()] == ["three"]


@pytest.mark.parametrize(
    "other",
    [
        pd.DataFrame({"a": [1, 2, 4], "b": ["x", "y", "x"]}),
        pd.DataFrame({"a": [1.0, 2.0, 3.5], "b": ["x", "y", "x"]}),
        pd.DataFrame({"z": [1, 2, 3], "b": ["x", "y", "x"]}),
        pd.DataFrame({"a": [1, 2, 3], "b": ["x", "yx", None]}),
        pd.DataFrame({"a": [1, 2, 3], "b": ["xy", "", "x"]}),
        pd.DataFrame({"a": [2, 1, 3], "b": ["x", "y", "x"]}),
    ],
)
def test_other_content_has_another_key(store: DatasetStore, other: pd.DataFrame) -> None:
    """A value, a name, an order or a gap makes a difference."""
    base = store.add_frame(pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]}), "base")
    assert store.add_frame(other, "other").key != base.key


def test_the_key_does_not_depend_on_how_the_table_is_cut(store: DatasetStore) -> None:
    """A long table in many pieces and the same in one have one key."""
    frame = pd.DataFrame(
        {"a": np.arange(300_000) % 977, "b": [f"w{i % 13}" for i in range(300_000)]}
    )
    path = store.root / "t.csv"
    frame.to_csv(path, index=False)
    assert store.add_frame(frame, "frame").key == store.add_file(path).key


def test_what_is_stored_says_how_large_it_is(store: DatasetStore) -> None:
    """The size in memory is known without loading."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "n": rng.normal(size=5000),
            "i": rng.integers(0, 9, 5000),
            "c": rng.choice(["red", "green", "blue"], 5000),
            "t": [f"text number {i} with words" for i in rng.permutation(5000)],
            "b": rng.random(5000) < 0.5,
        }
    )
    dataset = store.add_frame(frame, "sizes")
    actual = store.frame(dataset.key).memory_usage(index=False, deep=True).sum()
    assert dataset.bytes_in_memory == pytest.approx(actual, rel=0.05)


def test_the_options_found_are_kept_and_read_the_same_table(
    store: DatasetStore, tmp_path: Path
) -> None:
    """What was detected can be shown, changed and given back."""
    path = tmp_path / "t.csv"
    path.write_text("a;b\n1,5;x\n2,5;y\n", encoding="utf-8")
    dataset = store.add_file(path, "semi")
    options = dict(dataset.options)
    assert options["delimiter"] == ";"
    assert options["decimal"] == ","
    assert (dataset.source, dataset.source_bytes) == ("semi", path.stat().st_size)
    assert store.add_file(path, **options).key == dataset.key
    assert store.add_file(path, delimiter=",").key != dataset.key


def test_a_file_that_cannot_be_read_leaves_nothing_behind(
    store: DatasetStore, tmp_path: Path
) -> None:
    """What was there stays; nothing half-written is added."""
    kept = store.add_frame(FRAME, "kept")
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n3,4,5\n")
    with pytest.raises(ReadError, match="line 3"):
        store.add_file(path)
    assert store.list() == [kept]
    assert len(list(store.root.iterdir())) == 2


def test_unknown_and_odd_keys_are_refused(store: DatasetStore) -> None:
    """A key never leads out of the folder."""
    for key in ("0" * 24, "../../etc/passwd", "", "x"):
        with pytest.raises(UnknownNameError, match="There is no dataset"):
            store.get(key)


def test_the_newest_comes_first(store: DatasetStore) -> None:
    """The list is in the order of recent work."""
    for i in range(3):
        store.add_frame(FRAME.assign(n=i), f"table {i}")
    assert [d.name for d in store.list()] == ["table 2", "table 1", "table 0"]


def _add(root: str) -> str:
    return DatasetStore(Path(root)).add_frame(FRAME, "shared").key


def test_processes_may_add_the_same_table_at_once(store: DatasetStore) -> None:
    """Writers do not trip over each other; one table is there in the end."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        keys = pool.map(_add, [str(store.root)] * 6)
    assert len(set(keys)) == 1
    assert len(list(store.root.iterdir())) == 2
    assert store.frame(keys[0]).shape == FRAME.shape


def test_too_small_frames_are_refused(store: DatasetStore) -> None:
    """A table needs columns and at least two rows."""
    with pytest.raises(ReadError, match="no columns"):
        store.add_frame(pd.DataFrame(index=range(3)), "none")
    with pytest.raises(ReadError, match="only one row"):
        store.add_frame(FRAME.head(1), "one")


@pytest.mark.parametrize("sample", samples(), ids=lambda s: s.key)
def test_every_sample_is_what_it_says(store: DatasetStore, sample: object) -> None:
    """Its target is there, and its values are of its task."""
    from outfold.data.propose import propose_target, propose_task
    from outfold.data.sample import Sample

    assert isinstance(sample, Sample)
    dataset = open_data(f"sample:{sample.key}", store)
    frame = store.frame(dataset.key)
    assert propose_target(frame, dataset.schema) == sample.target
    assert propose_task(frame[sample.target], dataset.schema[sample.target].type) == sample.task
    assert set(sample.roles) <= set(dataset.schema.names())
    assert dataset.source == f"sample:{sample.key}"
    assert len(sample.story) < 100
    assert open_data(f"sample:{sample.key}", store).key == dataset.key


def test_the_generated_sample_is_imbalanced_and_mixed() -> None:
    """Five in a hundred are positive; types are mixed and cells are missing."""
    frame = sample_named("imbalanced_mixed").load()
    assert len(frame) == 4000
    assert (frame["fraud"] == "yes").sum() == 200
    kinds = {t.kind if isinstance(t, np.dtype) else str(t) for t in frame.dtypes}
    assert {"f", "i", "M", "boolean", "str"} <= kinds
    assert frame[["tenure", "plan", "verified"]].isna().any().all()
    noise = frame[["noise 1", "noise 2", "noise 3"]].corrwith(
        frame["fraud"].eq("yes").astype(float)
    )
    assert noise.abs().max() < 0.05


def test_an_unknown_sample_names_the_nearest(store: DatasetStore) -> None:
    """A slip of the pen is put right."""
    with pytest.raises(UnknownNameError, match="Did you mean breast_cancer"):
        open_data("sample:breast_cancr", store)


def test_menus_of_samples_load_no_heavy_library() -> None:
    """Walking the samples imports neither scikit-learn nor statsmodels."""
    code = (
        "import sys; from outfold.data.samples import samples; samples();"
        "print([m for m in ('sklearn', 'statsmodels', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_description_is_plain_json(store: DatasetStore) -> None:
    """Other tools can read what is known of a dataset."""
    key = store.add_frame(FRAME, "mine").key
    raw = json.loads((store.root / f"{key}.json").read_text())
    assert raw["schema"]["columns"][0]["name"] == "n"
