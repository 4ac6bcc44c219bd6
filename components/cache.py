"""What is kept between reruns and shared by everybody: the only file with Streamlit's caches.

Keys are content hashes of the engine, never tables: Streamlit hashes large tables by a sample. What
is kept is shared between sessions and must not be changed by anyone. The truth is on disk; this
only saves reading and computing it again.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from outfold.hashing import key_of
from outfold.study.study import NONE, Choice, Study, Validation
from outfold.study.tune.tuning import NO_TUNING

if TYPE_CHECKING:
    import pandas as pd

    from outfold.data.dataset import Dataset
    from outfold.data.finding import Finding
    from outfold.judge.compare import Comparison
    from outfold.judge.leaderboard import Leaderboard
    from outfold.judge.tradeoff import Tradeoff
    from outfold.study.explain.fold_model import FoldModel
    from outfold.study.plan import Plan
    from outfold.study.results import Predictions, RunResult
    from outfold.study.study import Candidate
    from outfold.study.table import StudyTable
    from outfold.study.workspace import Workspace

T = TypeVar("T")

_HOUR = 3600


def workspace() -> Workspace:
    """The workspace that this server works in."""
    return _workspace(os.environ.get("OUTFOLD_HOME") or ".outfold")


@st.cache_resource(max_entries=8, show_spinner=False)
def _workspace(root: str) -> Workspace:
    from outfold.study.workspace import Workspace

    return Workspace(Path(root))


@st.cache_resource(max_entries=3, ttl=_HOUR, show_spinner=False)
def _large(key: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


@st.cache_resource(max_entries=2, ttl=_HOUR, show_spinner=False)
def _splits(key: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


@st.cache_resource(max_entries=3, ttl=_HOUR, show_spinner=False)
def _models(key: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


@st.cache_resource(max_entries=300, ttl=_HOUR, show_spinner=False)
def _small(key: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


def remember(what: str, *parts: Any, compute: Callable[[], T], say: str = "") -> T:
    """A small result, computed once for the same parts.

    Args:
        what: Names the computation.
        parts: Everything that the result depends on, as keys and plain values.
        compute: Does the work.
        say: What a person reads while waiting, should it take longer than a moment.
    """
    key = key_of(what, os.environ.get("OUTFOLD_HOME", ""), parts)
    if not say:
        return _small(key, compute)
    with st.spinner(say):
        return _small(key, compute)


class _Absent(Exception):
    """Nothing is kept under a key."""


def _absent() -> Any:
    raise _Absent


def peek(what: str, *parts: Any) -> Any | None:
    """What ``remember`` has kept of the same parts, or None; nothing is computed."""
    try:
        return _small(key_of(what, os.environ.get("OUTFOLD_HOME", ""), parts), _absent)
    except _Absent:
        return None


def table_key(study: Study) -> str:
    """The key of what a study's table depends on; which models are chosen does not matter."""
    bare = study.replace(
        validation=Validation(), preparation=Choice("standard"), selectors=(NONE,),
        resamplers=(NONE,), models=(), metric="", seed=0, tuning=NO_TUNING,
    )  # fmt: skip
    return bare.key


def dataset(key: str) -> Dataset:
    """What is known about a stored table."""
    return remember("dataset", key, compute=lambda: workspace().datasets.get(key))


def frame(key: str) -> pd.DataFrame:
    """A stored table as it was read. Shared: never change it."""
    return _large(key_of("frame", key), lambda: workspace().datasets.frame(key))


def table(study: Study) -> StudyTable:
    """The study's table. Shared: never change it.

    Raises:
        StudyError: The study does not fit its table.
    """
    from outfold.study.table import study_table

    key = key_of("table", os.environ.get("OUTFOLD_HOME", ""), table_key(study))
    with st.spinner("Preparing the table"):
        return _large(key, lambda: study_table(workspace(), study))


def plan(study: Study) -> Plan:
    """Every step of a study, with its splits drawn once for a table and a validation.

    Raises:
        OutfoldError: The study cannot be run as it stands.
    """
    from outfold.study.plan import make_plan
    from outfold.study.quick import samples_of

    def compute() -> Plan:
        loaded = drawn(study)
        made = make_plan(study, loaded.table, loaded.splits)
        return dataclasses.replace(made, samples=samples_of(study, loaded).plans)

    return remember("plan", study.key, compute=compute)


def typed(study: Study) -> tuple[pd.DataFrame, Any]:
    """The whole table after fixes and types, and its schema. Shared: never change it."""
    from outfold.study.table import typed_frame

    bare = key_of("typed", study.dataset, study.fixes, study.types)
    with st.spinner("Reading the table"):
        return _large(bare, lambda: typed_frame(workspace(), study))


def agreement(run: str) -> Any:
    """How the selectors of a run agree, as far as it has come; only those that look at rows."""
    from components.names import choice_name
    from outfold.judge.stability import agreement
    from outfold.study.selections import selections

    done = workspace().records.run(run).done

    def compute() -> Any:
        found = selections(workspace(), run)
        chosen = workspace().study(workspace().records.run(run).study).selectors
        return agreement(
            {
                choice_name("selector", c): [s.selection for s in found.get(c.label(), ())]
                for c in chosen
                if c.key not in ("none", "pinned")
            }
        )

    return remember("agreement", run, done, compute=compute)


def class_counts(study: Study, choices: Sequence[Choice]) -> Any:
    """Class counts before and after some resamplers."""
    from outfold.study.preview import class_counts

    return remember(
        "class counts", table_key(study), study.validation, study.preparation, study.seed,
        list(choices),
        compute=lambda: class_counts(table(study), study, choices),
        say="Resampling the first training fold",
    )  # fmt: skip


def folds(study: Study) -> Any:
    """A picture of the study's splits, ready to be shown."""
    from components.chart import drawn
    from outfold.draw import validation_folds
    from outfold.study.fold_view import fold_view

    return remember(
        "folds", table_key(study), study.validation, study.seed,
        compute=lambda: drawn(validation_folds.draw(fold_view(table(study), study))),
        say="Drawing the folds",
    )  # fmt: skip


def columns(study: Study) -> pd.DataFrame:
    """The rows of the column editor. Shared: never change it."""
    from components.columns import frame_of
    from outfold.data.profile import column_profile
    from outfold.data.propose import default_role

    def compute() -> pd.DataFrame:
        frame, schema = typed(study)
        return frame_of(
            [
                column_profile(frame[c.name], c, study.role_of(c.name) or default_role(c))
                for c in schema.columns
            ]
        )

    return remember(
        "columns", study.dataset, study.fixes, study.types, study.roles, study.target,
        compute=compute, say="Describing the columns",
    )  # fmt: skip


def findings(study: Study) -> tuple[Finding, ...]:
    """What is conspicuous in the study's table."""
    from outfold.data.propose import default_role
    from outfold.data.quality import findings

    def compute() -> tuple[Finding, ...]:
        frame, schema = typed(study)
        ignored = [c.name for c in schema.columns if study.role_of(c.name) == "ignore"]
        unused = {c.name for c in schema.columns if default_role(c) == "ignore"} - {study.target}
        found = findings(frame, schema, study.target, task=study.task, ignored=ignored)
        # Texts take no part unless somebody says so: that they could be left out is no news.
        return tuple(
            f
            for f in found
            if not (f.fix and f.fix.kind == "drop_column" and {*f.fix.columns} <= unused)
        )

    return remember(
        "findings", study.dataset, study.fixes, study.types, study.roles, study.target, study.task,
        compute=compute, say="Looking for what is conspicuous",
    )  # fmt: skip


def study_of(run: str) -> Study:
    """What a run was asked to compare."""
    return remember(
        "study of", run, compute=lambda: workspace().study(workspace().records.run(run).study)
    )


def let_go(run: str) -> tuple[int, int]:
    """Fits of a run whose predictions were let go, of how many."""
    from outfold.study.run import plan_of

    record = workspace().records.run(run)

    def compute() -> tuple[str, ...]:
        made = plan_of(workspace(), run)
        return tuple({k for keys in made.fits.values() for k in keys}) if made else ()

    fits = remember("fits", run, record.started, record.total, compute=compute)
    return len(workspace().gone(fits)), len(fits)


def result(run: str) -> RunResult:
    """What a run has measured so far."""
    from outfold.study.run import result

    record = workspace().records.run(run)
    return remember(
        "result", run, record.done, record.state, compute=lambda: result(workspace(), run)
    )


def leaderboard(run: str, metric: str | None = None) -> Leaderboard:
    """The candidates of a run ranked, by the metric of the open study where it is the same run."""
    from outfold.judge.leaderboard import leaderboard

    wanted = metric or result(run).study.metric
    record, stored = workspace().records.run(run), _stored(run)
    return remember(
        "leaderboard", run, record.done, record.state, wanted, stored is None,
        compute=lambda: leaderboard(measured(run, wanted), wanted, predictions=stored),
    )  # fmt: skip


def measured(run: str, metric: str) -> RunResult:
    """What a run has measured, with the expected cost among its scores where that is asked for."""
    from outfold.metrics.cost import is_cost

    found, stored = result(run), _stored(run)
    if not is_cost(metric) or stored is None:
        return found
    from outfold.judge.expected_cost import matrix_of, priced

    record = workspace().records.run(run)
    return remember(
        "priced", run, record.done, record.state, metric,
        compute=lambda: priced(found, stored, matrix_of(metric)), say="Pricing every decision",
    )  # fmt: skip


def _stored(run: str) -> Callable[[str], Predictions] | None:
    """How to get the predictions of a run's candidates, or None where some were let go."""
    return None if let_go(run)[0] else lambda name: predictions(run, name)


def predictions(run: str, candidate: str) -> Predictions:
    """One candidate's out-of-fold predictions. Shared: never change them."""
    from outfold.study.run import predictions

    done = workspace().records.run(run).done
    return remember(
        "predictions", run, candidate, done,
        compute=lambda: predictions(workspace(), run, candidate),
    )  # fmt: skip


def drawn(study: Study) -> Any:
    """A study's table with its splits."""
    from outfold.study.steps import with_splits

    key = key_of(
        "splits", os.environ.get("OUTFOLD_HOME", ""), table_key(study), study.validation,
        study.seed, study.train_shares,
    )  # fmt: skip
    return _splits(key, lambda: with_splits(table(study), study))


def fold_model(run: str, candidate: Candidate, split: int) -> FoldModel:
    """One split's model of a candidate, fitted again and kept at hand. Shared: never change it."""
    from outfold.judge.one_more_row import fitted_again

    study = study_of(run)

    def compute() -> FoldModel:
        return fitted_again(workspace(), run, drawn(study), study, candidate, split)

    key = key_of("fold model", os.environ.get("OUTFOLD_HOME", ""), run, candidate, split)
    with st.spinner(f"Fitting the model of split {split + 1} again"):
        return _models(key, compute)


def training_rows(run: str, split: int) -> pd.DataFrame:
    """The training rows of one split as they were read. Shared: never change it."""
    study = study_of(run)
    return remember(
        "training rows", run, split,
        compute=lambda: table(study).frame.iloc[drawn(study).splits[split].train],
    )  # fmt: skip


def comparison(run: str, metric: str) -> Comparison:
    """Every pair of candidates of a run."""
    from outfold.judge.compare import compare

    record, stored = workspace().records.run(run), _stored(run)
    return remember(
        "comparison", run, record.done, record.state, metric, stored is None,
        compute=lambda: compare(measured(run, metric), metric, predictions=stored),
        say="Comparing every pair",
    )  # fmt: skip


def tradeoff(run: str, metric: str, cost: str, tolerance: float | None) -> Tradeoff:
    """The candidates of a run by score and cost."""
    from outfold.judge.tradeoff import tradeoff

    record, stored = workspace().records.run(run), _stored(run)
    return remember(
        "tradeoff", run, record.done, record.state, metric, cost, tolerance, stored is None,
        compute=lambda: tradeoff(result(run), metric, cost, tolerance, predictions=stored),
    )  # fmt: skip
