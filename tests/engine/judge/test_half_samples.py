import json
import math

import numpy as np
import pytest

from outfold.errors import OutfoldError
from outfold.judge import half_sample_job
from outfold.judge.half_sample_job import asked, begin, cancel, carry_out, job, job_key
from outfold.judge.half_samples import HalfSamples, half, half_samples
from outfold.judge.stability import stability
from outfold.study.defaults import default_study, with_target
from outfold.study.study import Choice, Study
from outfold.study.table import StudyTable, study_table
from outfold.study.workspace import Workspace
from tests.tables import mixed_table

METHODS = (Choice("correlation"), Choice.of("pinned", columns=("signal", "kind")))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Workspace, Study, StudyTable]:
    """A workspace with a mixed table, its study and the study's table."""
    workspace = Workspace(tmp_path_factory.mktemp("halves"))
    dataset = workspace.datasets.add_frame(mixed_table(160), "t")
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(default_study(dataset, frame), dataset, frame, "y", "binary")
    return workspace, study, study_table(workspace, study)


def test_a_half_keeps_the_shares_of_the_classes(made):
    """Half of the rows of each class, none twice."""
    table = made[2]
    rows = half(table, np.arange(table.n_rows), np.random.default_rng(0))
    assert len(np.unique(rows)) == len(rows)
    every, drawn = np.bincount(table.target), np.bincount(table.target[rows])
    assert (np.abs(drawn - every / 2) <= 1).all()


def test_selectors_see_the_same_halves_and_what_is_fixed_is_steady(made):
    """Chosen by hand is the same each time: stability 1; the figures are those of the matrix."""
    _, study, table = made
    found = half_samples(table, study, METHODS, 6)
    searched, pinned = found.selectors
    assert found.samples == len(searched.kept) == 6
    assert pinned.interval.value == 1.0
    assert searched.interval.value == pytest.approx(stability(searched.kept), nan_ok=True)
    assert {c for c, k in zip(found.columns, pinned.kept[0], strict=True) if k} == {
        "signal", "kind",
    }  # fmt: skip
    again = half_samples(table, study, METHODS[:1], 6)
    np.testing.assert_array_equal(again.selectors[0].kept, searched.kept)
    read = HalfSamples.from_plain(json.loads(json.dumps(found.to_plain())))
    np.testing.assert_array_equal(read.selectors[0].kept, searched.kept)
    assert read.selectors[1].alike == pytest.approx(pinned.alike)


def test_a_selector_that_fails_has_its_reason_and_the_others_their_figures(made):
    """Columns that are not there fail on every half."""
    _, study, table = made
    gone = Choice.of("pinned", columns=("gone",))
    found = half_samples(table, study, (gone, METHODS[0]), 2)
    assert "None of the 1 columns" in found.selectors[0].reason
    assert math.isnan(found.selectors[0].seconds)
    assert len(found.selectors[1].kept) == 2


def test_a_job_is_found_again_by_what_was_asked(made):
    """Another model changes nothing; another selector is another job; its end is written down."""
    workspace, study, _ = made
    wanted = asked(study, METHODS[:1])
    key = job_key(wanted, 3)
    assert job(workspace, key).state == "absent"
    (workspace.root / "stability").mkdir()
    carry_out(workspace, wanted, 3)
    done = job(workspace, key)
    assert done.state == "finished"
    assert done.result is not None
    assert len(done.result.selectors[0].kept) == 3
    assert job_key(asked(study.replace(models=(Choice("knn"),)), METHODS[:1]), 3) == key
    assert job_key(asked(study, METHODS), 3) != key
    assert begin(workspace, study, METHODS[:1], 3) == key  # nothing is started for what is there


def test_a_job_that_is_cancelled_or_whose_process_is_gone_says_so(made, monkeypatch):
    """Nobody waits for what will not come."""
    workspace, study, _ = made
    wanted = asked(study, METHODS)
    key = job_key(wanted, 2)
    (workspace.root / "stability").mkdir(exist_ok=True)
    cancel(workspace, key)
    carry_out(workspace, wanted, 2)
    assert job(workspace, key).state == "cancelled"
    half_sample_job._write(workspace, key, {"state": "running", "owner": "1:0.00", "began": 0.0})
    assert job(workspace, key).state == "interrupted"


def test_too_few_rows_are_refused_in_words(made):
    """Ten rows have no halves worth the name."""
    workspace, study, _ = made
    dataset = workspace.datasets.add_frame(mixed_table(16), "short")
    short = study.replace(dataset=dataset.key)
    with pytest.raises(OutfoldError, match="too few to halve"):
        half_samples(study_table(workspace, short), short, METHODS, 2)
