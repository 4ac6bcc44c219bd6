"""What-ifs that cost nothing: after a run, what changes no fit computes no step."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from outfold.judge.compare import compare
from outfold.judge.cost_matrix import CostMatrix
from outfold.judge.leaderboard import leaderboard
from outfold.judge.threshold import thresholds
from outfold.judge.tradeoff import tradeoff
from outfold.study import run as runs
from outfold.study.execute import execute
from outfold.study.results import RunResult
from outfold.study.study import Choice, Study
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import carry_out, study_of

pytestmark = pytest.mark.cluster
FITTING = {"fit", "fit_transform", "fit_resample", "fit_predict", "partial_fit"}


@contextlib.contextmanager
def fits_noted() -> Iterator[list[str]]:
    """Note every call in this process of a function that fits something, whoever makes it."""
    noted: list[str] = []

    def look(frame: FrameType, event: str, arg: object) -> None:
        if event == "call" and frame.f_code.co_name in FITTING:
            noted.append(f"{frame.f_code.co_filename}:{frame.f_code.co_name}")

    sys.setprofile(look)
    try:
        yield noted
    finally:
        sys.setprofile(None)


class NoCluster:
    """Stands where a cluster would be; whoever sends it something is told that nothing is due."""

    def ncores(self) -> dict[str, int]:
        return {"a": 1, "b": 1}

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the cluster was asked for {name}, and nothing was to compute")


@pytest.fixture(scope="module")
def done(client, tmp_path_factory) -> tuple[Workspace, Study, RunResult]:
    """A workspace with a finished binary study."""
    workspace = Workspace(tmp_path_factory.mktemp("what if") / "home")
    study = study_of(
        workspace,
        models=(Choice("logistic"), Choice("decision_tree")),
        resamplers=(Choice("none"), Choice("class_weight")),
    )
    return workspace, study, carry_out(workspace, study, client)


def test_the_note_taker_sees_a_fit():
    """The proof below would fail if something were fitted."""
    from sklearn.linear_model import LinearRegression

    with fits_noted() as noted:
        LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    assert len(noted) == 1


@pytest.mark.parametrize(
    "change",
    [{}, {"metric": "brier"}, {"metric": "roc_auc"}, {"positive": "yes"}, {"positive": "no"}],
    ids=lambda c: ", ".join(f"{k} {v}" for k, v in c.items()) or "nothing",
)
def test_a_study_whose_metric_or_positive_class_changed_is_answered_by_the_store(done, change):
    """Every fit is reused, no worker is asked, nothing is fitted, and the leaderboard is whole."""
    workspace, study, first = done
    run = runs.new_run(workspace, study.replace(**change), "", claimed=True)
    with fits_noted() as noted:
        execute(workspace, run, NoCluster())
        found = runs.result(workspace, run)
        board = leaderboard(found)
    record = workspace.records.run(run)
    assert record.state == "finished"
    assert record.reused == record.total == 3 * len(study.candidates())
    assert {e.kind for e in workspace.records.events(run)} == {"planned", "reused"}
    assert not noted
    assert all(row.rank for row in board.rows)
    assert [c.costs for c in found.candidates] == [c.costs for c in first.candidates]


def test_moving_the_threshold_or_the_cost_matrix_fits_nothing(done):
    """Stored predictions answer: figures, confusion and the cheapest threshold."""
    workspace, _, first = done
    name = first.candidates[1].name
    with fits_noted() as noted:
        found = thresholds(runs.predictions(workspace, first.run, name))
        low, high = found.at(0.05), found.at(0.95)
        cheap, dear = (found.best(CostMatrix(fp=1.0, fn=fn)) for fn in (0.1, 20.0))
        cost = found.cost(CostMatrix(fp=3.0, fn=5.0), 0.4)
    assert not noted
    assert low.metrics["recall"] > high.metrics["recall"]
    assert dear.threshold < cheap.threshold
    assert cost > 0


def test_looking_at_another_metric_or_cost_fits_nothing(done):
    """The order, the pairs and the trade-off follow from scores and costs that are kept."""
    _, _, first = done
    with fits_noted() as noted:
        for metric in ("roc_auc", "brier", "f1"):
            assert leaderboard(first, metric).metric == metric
            assert compare(first, metric).pairs
            for cost in ("fit_seconds", "size_bytes", "predict_seconds_one_row"):
                assert tradeoff(first, metric, cost, 0.01).front()
    assert not noted


def test_what_is_shown_before_a_run_says_that_nothing_is_to_compute(done):
    """The forecast counts what the store can answer, for any metric and positive class."""
    from outfold.study.forecast import forecast, size_of_table
    from outfold.study.plan import make_plan
    from outfold.study.steps import with_splits
    from outfold.study.table import study_table

    workspace, study, _ = done

    def foreseen(changed: Study) -> str:
        loaded = with_splits(study_table(workspace, changed), changed)
        plan = make_plan(changed, loaded.table, loaded.splits)
        return forecast(workspace, plan, 2, size_of_table(loaded.table)).sentence()

    assert foreseen(study) == "5 candidates, 15 fits: all reused, nothing to compute"
    assert foreseen(study.replace(metric="brier", positive="no")) == foreseen(study)
    more = foreseen(study.replace(models=(*study.models, Choice("naive_bayes"))))
    assert more.startswith("7 candidates, 21 fits: 15 reused, 6 to compute, about ")


def test_a_run_says_what_was_predicted_and_what_it_took(done):
    """Both stand with the run, and the events begin with the forecast."""
    workspace, _, first = done
    record = workspace.records.run(first.run)
    assert record.predicted_seconds is not None
    assert record.predicted_seconds > 0
    assert record.workers == 2
    assert record.seconds is not None
    assert record.seconds > 0
    planned = workspace.records.events(first.run)[0]
    assert planned.kind == "planned"
    assert planned.label.startswith("5 candidates, 15 fits to compute, about ")
    assert runs.progress(workspace, first.run).predicted_seconds == record.predicted_seconds


def test_a_second_run_is_foreseen_from_the_first(done):
    """Timings of each step are kept, and the same model on more splits is said to be alike."""
    import dataclasses

    from outfold.study.forecast import forecast, size_of_table
    from outfold.study.plan import make_plan
    from outfold.study.steps import with_splits
    from outfold.study.table import study_table

    workspace, study, first = done
    plan = runs.plan_of(workspace, first.run)
    assert plan is not None
    assert workspace.records.timings([s.key for s in plan.steps]).keys() == plan.by_key().keys()
    other = study.replace(validation=dataclasses.replace(study.validation, folds=4))
    loaded = with_splits(study_table(workspace, other), other)
    made = forecast(
        workspace, make_plan(other, loaded.table, loaded.splits), 2, size_of_table(loaded.table)
    )
    assert made.alike == made.to_compute == 20
    assert "similar fits were measured here" in made.how_sure()
    assert made.low < made.seconds < made.high
