"""A run's table, laid out in a file and mapped: the same values, no copy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.study import versions
from outfold.study.shared import Work, mapped, place_for, write
from outfold.study.steps import with_splits
from outfold.study.table import study_table
from tests.engine.study.conftest import study_of


@pytest.fixture
def work(workspace) -> Work:
    """What the steps of a small study have in common."""
    study = study_of(workspace, n_rows=400)
    return Work("run", study, with_splits(study_table(workspace, study), study), 1)


def test_a_mapped_table_is_the_table(work, tmp_path):
    """Every column, type, category, target and split comes back."""
    write(work, tmp_path / "work")
    back = mapped(str(tmp_path / "work"))
    pd.testing.assert_frame_equal(back.loaded.table.frame, work.loaded.table.frame)
    np.testing.assert_array_equal(back.loaded.table.target, work.loaded.table.target)
    assert back.study == work.study
    for one, other in zip(back.loaded.splits, work.loaded.splits, strict=True):
        np.testing.assert_array_equal(one.train, other.train)
        np.testing.assert_array_equal(one.test, other.test)


def test_a_mapped_table_takes_no_memory_of_its_own(work, tmp_path):
    """Its arrays are the file's pages, which all workers share; nobody can change them."""
    write(work, tmp_path / "work")
    back = mapped(str(tmp_path / "work"))
    numbers = [c for c, d in back.loaded.table.frame.dtypes.items() if d == np.float64]
    assert numbers
    for array in (
        back.loaded.table.frame[numbers[0]].to_numpy(),
        back.loaded.splits[0].train,
        back.loaded.table.frame.select_dtypes("category").iloc[:, 0].cat.codes.to_numpy(),
    ):
        assert not array.flags.writeable or array.base is not None
        assert not array.flags.owndata
    assert not back.loaded.splits[0].train.flags.writeable


def test_a_table_cut_short_is_not_taken_for_one(work, tmp_path):
    """A file that holds something else is refused."""
    (tmp_path / "work").write_bytes(b"something else, and long enough")
    with pytest.raises(ValueError, match="holds nothing"):
        mapped(str(tmp_path / "work"))


def test_what_a_killed_run_left_is_removed_by_the_next(work, tmp_path):
    """Files of processes that are gone make room; those of living ones stay."""
    mine = place_for(tmp_path, "mine")
    write(work, mine)
    left = mine.with_name("1:1.00_left")
    write(work, left)
    assert place_for(tmp_path, "mine") == mine
    assert mine.exists()
    assert not left.exists()


def test_another_version_is_told_in_one_sentence():
    """Library, Python or Outfold itself: what it is there, and what it is here."""
    here = versions.mine()
    assert versions.difference("The worker a", dict(here)) == ""
    told = versions.difference("The worker a", here | {"scikit-learn": "1.8.0"})
    assert told == f"The worker a has scikit-learn 1.8.0 where here it is {here['scikit-learn']}."
    told = versions.difference("The worker a", here | {"outfold": "other"})
    assert told == "The worker a runs another version of Outfold than this machine."
    told = versions.difference("The worker a", ModuleNotFoundError("no", name="outfold"))
    assert told == "The worker a has no package outfold."
