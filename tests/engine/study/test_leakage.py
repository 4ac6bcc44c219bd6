"""The leakage meter: the honest side is the run's own, and the wrong side is well defined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outfold.errors import OutfoldError, StudyError
from outfold.judge.leakage import leakage
from outfold.study.execute import execute
from outfold.study.leakage import leakage_study
from outfold.study.leaky_kept import as_step
from outfold.study.leaky_measure import Cancelled, measure
from outfold.study.leaky_run import at_once
from outfold.study.leaky_run import carry_out as meter_run
from outfold.study.leaky_scores import from_step, leaky_scores
from outfold.study.leaky_steps import early, split_of
from outfold.study.run import new_run, result
from outfold.study.steps import with_splits
from outfold.study.study import NONE, Choice, Study
from outfold.study.table import study_table
from tests.engine.study.conftest import carry_out, study_of
from tests.engine.study.test_quick import with_roles

CFS, SMOTENC, LOGISTIC = Choice("cfs"), Choice("smotenc"), Choice("logistic")


class Never:
    """A call that never ends."""

    def done(self) -> bool:
        return False

    def result(self) -> None:
        raise AssertionError("it never ends")


class Clock:
    """A clock that calls move on: as much as they have rows, no time passes otherwise."""

    def __init__(self, seconds_per_row: float) -> None:
        self.now, self.rate = 0.0, seconds_per_row

    def __call__(self) -> float:
        return self.now

    def submit(self, name, loaded, *given):
        took = 0.0 if name == "early" else self.rate * loaded.table.n_rows
        inner = [each.inner if isinstance(each, Timed) else each for each in given]
        return Timed(at_once(name, loaded, *inner), self, took)


class Timed:
    """A call that moves the clock on when what came of it is asked for."""

    def __init__(self, inner, clock: Clock, took: float) -> None:
        self.inner, self.clock, self.took = inner, clock, took

    def done(self) -> bool:
        return True

    def result(self):
        self.clock.now += self.took
        return replace(self.inner.result(), seconds=self.took)


def measured(workspace, asked: Study, **options):
    """A measurement in this process."""
    table = study_table(workspace, asked)
    submit = options.pop("submit", at_once)
    return measure(with_splits(table, asked), asked, table.positive, submit, **options)


@pytest.mark.cluster
def test_the_honest_side_is_what_the_run_measures_to_the_bit(workspace, client):
    """Same folds, same seeds, same steps: every metric of every split is the same number."""
    study = study_of(workspace, selectors=(CFS,), resamplers=(SMOTENC,))
    own = next(
        c for c in carry_out(workspace, study, client).candidates if not c.name.endswith("dummy")
    )
    asked = leakage_study(study, CFS, SMOTENC, LOGISTIC, seconds=3600)
    run = new_run(workspace, asked, "", claimed=True)
    execute(workspace, run, client)
    assert workspace.records.run(run).state == "finished"
    found = leaky_scores(workspace, asked, study_table(workspace, asked).positive)
    assert found is not None
    for name, values in own.scores.items():
        np.testing.assert_array_equal(np.array(found.honest[name]), np.array(values))
    assert set(found.leaky) == {"preparation", "selection", "resampling", "together"}
    _asked_again_nothing_is_computed(workspace, asked, client)
    _a_cancelled_one_keeps_nothing(workspace, asked, client)


def _asked_again_nothing_is_computed(workspace, asked, client):
    again = new_run(workspace, asked, "", claimed=True)
    execute(workspace, again, client)
    record = workspace.records.run(again)
    assert (record.state, record.done, record.reused) == ("finished", 1, 1)
    # Nobody takes it for a run that compares candidates.
    assert all(c.status != "finished" for c in result(workspace, again).candidates)


def _a_cancelled_one_keeps_nothing(workspace, asked, client):
    other = asked.replace(seed=5)
    run = new_run(workspace, other, "", claimed=True)
    workspace.records.ask_cancel(run)
    execute(workspace, run, client)
    assert workspace.records.run(run).state == "cancelled"
    assert leaky_scores(workspace, other, 1) is None


def test_first_figures_outlive_a_cancel(workspace, client):
    """Whoever cancels because the first figures are enough still has them."""
    asked = leakage_study(study_of(workspace, n_rows=20_000), NONE, NONE, LOGISTIC, seconds=600)
    run = new_run(workspace, asked, "", claimed=True)
    positive = study_table(workspace, asked).positive

    def told(_: object) -> None:
        if leaky_scores(workspace, asked, positive, so_far=True) is not None:
            workspace.records.ask_cancel(run)

    meter_run(workspace, run, asked, client, told=told)
    assert workspace.records.run(run).state == "cancelled"
    kept = leaky_scores(workspace, asked, positive, so_far=True)
    assert kept is not None
    assert kept.honest["roc_auc"]
    assert leaky_scores(workspace, asked, positive) is None


def test_rows_that_were_there_before_keep_their_side(workspace):
    """Made rows fall on both sides as their class does; with groups too, none changes side."""
    groups = np.arange(240) // 6
    study = with_roles(workspace, 240, {"site": "group"}, site=groups)
    asked = leakage_study(study, NONE, Choice("smotenc"), LOGISTIC)
    table = study_table(workspace, asked)
    loaded = with_splits(table, asked)
    rows = early(loaded, asked).resampled
    assert rows is not None
    assert rows.made.any()
    cut = loaded.splits[0]
    again = split_of(rows, cut, table.n_rows)
    own = {True: set(cut.train), False: set(cut.test)}
    for side, placed in ((True, again.train), (False, again.test)):
        old = placed[~rows.made[placed]]
        assert set(rows.place[old]) == own[side]
        assert rows.made[placed].any()
    assert not set(again.train) & set(again.test)
    assert (table.target[rows.place] == rows.target).all()


def test_a_copy_is_made_and_its_original_is_not(workspace):
    """Of equal origins the first is the row itself."""
    asked = leakage_study(study_of(workspace), NONE, Choice("random_over"), LOGISTIC)
    table = study_table(workspace, asked)
    rows = early(with_splits(table, asked), asked).resampled
    assert rows is not None
    assert sorted(rows.place[~rows.made]) == list(range(table.n_rows))
    counts = np.bincount(table.target)
    assert rows.made.sum() == counts.max() - counts.min()


@pytest.mark.parametrize(("task", "model"), [("regression", "ridge"), ("count", "poisson")])
def test_numbers_leak_by_selection_and_say_why_not_by_resampling(workspace, task, model):
    """Mixed columns with missing cells, a target that is a number."""
    asked = leakage_study(study_of(workspace, task), CFS, NONE, Choice(model), seconds=3600)
    found = measured(workspace, asked)
    body, arrays = as_step(found)
    shown = leakage(from_step(asked, body, arrays, 1))
    assert shown["selection"].measured
    assert shown["preparation"].measured
    assert shown["together"].measured
    assert "no classes to balance" in shown["resampling"].reason
    assert "two classes" in shown["threshold"].reason


def test_weights_make_no_copies(workspace):
    """What weighs rows is not resampled first, and says so."""
    asked = leakage_study(study_of(workspace), NONE, Choice("class_weight"), LOGISTIC)
    reasons = measured(workspace, asked, seconds=3600).reasons
    assert "makes none" in reasons["resampling"]
    assert "preparation is all" in reasons["together"]


def test_a_table_too_large_for_the_time_is_sampled_and_says_so(workspace):
    """Rows are chosen so that the splits fit: here all rows would take twice the time."""
    asked = leakage_study(study_of(workspace, n_rows=4000), NONE, NONE, LOGISTIC, seconds=30)
    clock = Clock(0.0015)
    found = measured(workspace, asked, submit=clock.submit, clock=clock, seconds=30.0)
    assert 500 < found.rows < 3000
    assert len(found.splits) == found.n_splits
    assert clock.now < 30
    assert "of 4,000 rows, drawn by class, to stay within 30 s" in found.notes[0]
    quick = Clock(0.0001)
    whole = measured(workspace, asked, submit=quick.submit, clock=quick, seconds=30.0)
    assert whole.rows == 4000
    assert not whole.notes


def test_time_over_ends_with_what_is_done(workspace):
    """Splits that came too late are left out, and it is said."""
    asked = leakage_study(study_of(workspace), NONE, NONE, LOGISTIC, seconds=30)
    clock = Clock(0.05)
    found = measured(workspace, asked, submit=clock.submit, clock=clock)
    assert 0 < len(found.splits) < found.n_splits
    assert f"{len(found.splits)} of 3 splits were done" in found.notes[0]
    with pytest.raises(OutfoldError, match="Not one split could be measured within 30 s"):
        measured(workspace, asked, submit=lambda *_: Never(), seconds=0.0)
    with pytest.raises(Cancelled):
        measured(workspace, asked, submit=lambda *_: Never(), stop=lambda: True)


def test_what_cannot_be_measured_is_refused(workspace):
    """The baseline looks at nothing; a time must be sensible; other studies are no meter's."""
    study = study_of(workspace)
    with pytest.raises(StudyError, match="Choose another model"):
        leakage_study(study, NONE, NONE, Choice("dummy"))
    with pytest.raises(StudyError, match="Give it 1 to 3,600"):
        leakage_study(study, NONE, NONE, LOGISTIC, seconds=0)
    with pytest.raises(StudyError, match="none of the leakage meter"):
        leaky_scores(workspace, study, 1)
