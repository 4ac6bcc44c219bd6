"""The leakage meter's time: forecasts from samples, first figures soon, and an end that is hard."""

from __future__ import annotations

import dataclasses

import pytest

from outfold.study import leaky_run
from outfold.study.leakage import leakage_key, leakage_study
from outfold.study.leaky_measure import Measured, measure
from outfold.study.leaky_pace import Pace, Timed, rows_and_splits
from outfold.study.leaky_run import at_once, ends_at
from outfold.study.leaky_rung import NO_TIME
from outfold.study.leaky_scores import leaky_scores
from outfold.study.run import new_run
from outfold.study.steps import with_splits
from outfold.study.study import NONE, Choice
from outfold.study.table import study_table
from tests.engine.study.conftest import study_of
from tests.engine.study.test_leakage import LOGISTIC, SMOTENC, Clock, Never


def seconds(rows: int, constant: float, share: float, power: float) -> Timed:
    """What a sample takes where it takes a constant and so much for a power of its rows."""
    return Timed(rows, 0.0, constant + share * rows**power)


@pytest.mark.parametrize(
    ("constant", "share", "power"), [(5.0, 0.001, 1.0), (0.0, 0.001, 1.0), (0.0, 1e-5, 2.0)]
)
def test_a_forecast_finds_constants_and_powers(constant, share, power):
    """Two samples tell exactly what a third takes, and how many rows a time allows."""
    seen = [seconds(rows, constant, share, power) for rows in (500, 2000)]
    pace, third = Pace(seen), seconds(8000, constant, share, power)
    times = third.seconds / seen[-1].seconds
    assert pace.times(8000) == pytest.approx(times)
    assert pace.rows(times) == pytest.approx(8000)


def test_rows_are_given_up_for_five_splits_and_splits_fill_the_rest():
    """What is planned stays within the time, whatever fits."""
    seen = [seconds(rows, 0.0, 0.001, 1.0) for rows in (500, 2000)]
    rows, n = rows_and_splits(seen, 100_000, 10, left=25.0, workers=2)
    assert n == 5
    assert 0.001 * rows * n / 2 == pytest.approx(0.8 * 25, rel=0.01)
    assert rows_and_splits(seen, 4000, 10, left=25.0, workers=2) == (4000, 10)
    assert rows_and_splits(seen, 4000, 100, left=25.0, workers=2) == (4000, 10)
    assert rows_and_splits(seen, 100_000, 10, left=-1.0, workers=2) == (200, 5)


def test_first_figures_come_soon_and_are_of_fewer_rows(workspace):
    """They are whole measurements; the last is of more rows."""
    asked = leakage_study(study_of(workspace, n_rows=4000), NONE, NONE, LOGISTIC)
    table, clock, shown = study_table(workspace, asked), Clock(0.0012), []
    found = measure(
        with_splits(table, asked), asked, table.positive, clock.submit, clock=clock, seconds=30.0,
        so_far=lambda so_far: shown.append((clock.now, so_far)),
    )  # fmt: skip
    when, first = shown[0]
    assert when < 10
    assert first.rows == 500
    assert first.splits[0].leaky["preparation"]
    assert found.rows > 1000


class Ticking(Clock):
    """A clock that each look at it moves on, with preparations that never end."""

    def __call__(self) -> float:
        self.now += 0.05
        return self.now

    def submit(self, name, loaded, *given):
        return Never() if "preparation" in given[1:3] else at_once(name, loaded, *given)


def test_what_is_under_way_at_the_end_is_given_up_and_the_rest_counts(workspace):
    """A mistake that takes too long has no line, and says why; the others have theirs."""
    asked = leakage_study(study_of(workspace), NONE, SMOTENC, LOGISTIC)
    table, clock = study_table(workspace, asked), Ticking(0.0)
    found = measure(
        with_splits(table, asked), asked, table.positive, clock.submit, clock=clock, seconds=4.0
    )
    assert found.reasons["preparation"] == NO_TIME
    assert len(found.splits) >= 2
    assert all(set(split.leaky) == {"resampling"} for split in found.splits)
    assert clock.now < 4.5


def test_the_time_begins_with_the_click_but_not_while_other_runs_have_their_turn(workspace):
    """A service that had to be started for it counts."""
    asked = leakage_study(study_of(workspace), NONE, NONE, LOGISTIC)
    record = workspace.records.run(new_run(workspace, asked, "", claimed=True))
    assert ends_at(record, 30) == pytest.approx(record.created + 27.5)
    waited = dataclasses.replace(record, started=record.created + 60)
    assert ends_at(waited, 30) == pytest.approx(record.created + 59 + 27.5)
    before = dataclasses.replace(record, created=1000.0, started=1010.0)
    assert ends_at(before, 30) == pytest.approx(1027.5)
    assert ends_at(record, 5) == pytest.approx(record.created + 4.5)


def test_the_end_is_written_down_once_whatever_still_goes_on(workspace):
    """With nothing to show it is one sentence, else what there is; later ends change nothing."""
    asked = leakage_study(study_of(workspace), NONE, NONE, Choice("logistic"))
    run = new_run(workspace, asked, "", claimed=True)
    stuck = leaky_run.MeterRun(workspace, run, asked, None, None)
    stuck.give_up()
    stuck.end("finished")
    record = workspace.records.run(run)
    assert record.state == "failed"
    assert record.reason.startswith("The table could not be read within 30 s.")
    table = study_table(workspace, asked)
    found: Measured = measure(
        with_splits(table, asked), asked, table.positive, at_once, seconds=3600
    )
    run = new_run(workspace, asked, "", claimed=True)
    slow = leaky_run.MeterRun(workspace, run, asked, None, None)
    slow.key = leakage_key(asked, table.positive)
    slow.keep_so_far(found)
    shown = leaky_scores(workspace, asked, table.positive, so_far=True)
    assert shown is not None
    assert leaky_scores(workspace, asked, table.positive) is None
    slow.give_up()
    assert workspace.records.run(run).state == "finished"
    kept = leaky_scores(workspace, asked, table.positive)
    assert kept is not None
    assert kept.honest == shown.honest
