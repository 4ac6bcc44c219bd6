"""What every strategy must keep to, whoever wrote it; subjects come from the registries."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from outfold.errors import OutfoldError
from outfold.registry import Facts
from outfold.task import TASKS, Task
from tests.contracts.subjects import (
    COSTLY,
    ROWS,
    answers,
    cheap,
    ends,
    first_result,
    name,
    raw_table,
    served,
    strategies,
    subject_table,
    work,
)

EXEMPTIONS = 0
"""How many laws are waived by ``Strategy.exemptions``: a test's name without ``test_``, and why."""

every = pytest.mark.parametrize("strategy", strategies(), ids=name)
every_for_classes = pytest.mark.parametrize(
    "strategy", [s for s in strategies() if "multiclass" in s.tasks], ids=name
)
every_served = pytest.mark.parametrize(("strategy", "task"), served(), ids=name)


@pytest.fixture(autouse=True)
def _waive(request):
    """Skip a law that a strategy is exempt from, saying why."""
    strategy = getattr(request.node, "callspec", None) and request.node.callspec.params.get(
        "strategy"
    )
    law = request.function.__name__.removeprefix("test_")
    if strategy and law in strategy.exemptions:
        pytest.skip(strategy.exemptions[law])


def is_sentence(text: str) -> bool:
    """Whether a text starts like a sentence and ends like one."""
    return len(text) > 10 and text.endswith(".") and (text[0].isupper() or not text[0].isalpha())


@every
def test_it_says_what_it_is(strategy):
    """Forms, documentation and the command line are made of these words."""
    assert strategy.key == strategy.key.lower()
    assert strategy.key.replace("_", "").isalnum()
    assert strategy.label
    assert is_sentence(strategy.summary)
    assert strategy.tasks
    if strategy.family not in ("none", "baseline"):
        assert any(ch.isdigit() for ch in strategy.source), "a source has an author and a year"


@every
def test_its_parameters_explain_themselves(strategy):
    """Each parameter has a label, a sentence of help, a range, and a default within it."""
    assert len({p.key for p in strategy.params}) == len(strategy.params)
    for param in strategy.params:
        assert param.label, param.key
        help_starts_with_choice = bool(param.choices) and param.help.startswith(param.choices)
        assert is_sentence(param.help.capitalize() if help_starts_with_choice else param.help)
        if param.default is not None or not param.none_label:
            assert param.check(param.default) == param.default
        if param.kind in ("int", "float"):
            assert param.low is not None, param.key
            assert param.high is not None, param.key
            assert param.scale == "linear" or param.low > 0, param.key
        if param.kind == "choice":
            assert len(param.choices) > 1, param.key


@every
def test_a_refusal_is_a_sentence(strategy):
    """Where it does not apply, the menu shows the reason."""
    for task in TASKS:
        classes = task in ("binary", "multiclass")
        for rows, numeric, categorical, smallest in [
            (ROWS, 4, 3, 20),
            (ROWS, 5, 0, 1),
            (10_000_000, 0, 6, 2),
            (6, 5000, 0, 3),
        ]:
            facts = Facts(
                task=task,
                n_rows=rows,
                n_features=numeric + categorical,
                n_numeric=numeric,
                n_categorical=categorical,
                smallest_class=smallest if classes else None,
                n_classes=(2 if task == "binary" else 3) if classes else None,
                target_min=None if classes else -1.0,
            )
            reason = strategy.available(facts)
            assert reason is None or is_sentence(reason)
            assert task in strategy.tasks or reason


@every_served
def test_it_works_and_leaves_its_input_unchanged(strategy, task):
    """A person may press Run without changing anything."""
    _, made = first_result(strategy, task)
    assert len(made) > 0
    numbers = made.select_dtypes("number").to_numpy(dtype=float)
    assert np.isfinite(numbers).all()


@pytest.mark.parametrize(
    ("strategy", "param", "value"),
    [
        pytest.param(s, p, v, id=f"{name(s)}-{p.key}-{v}")
        for s in strategies()
        for p in s.params
        for v in ends(p)
        if v != p.default
    ],
)
def test_it_works_at_each_end_of_each_parameter(strategy, param, value):
    """A control has no position that breaks; what only multiplies the work is built, not run."""
    task = strategy.tasks[0]
    X, y = subject_table(strategy, task)
    subject = strategy.build(task=task, seed=0, **{**cheap(strategy), param.key: value})
    assert clone(subject) is not subject
    if param.key not in COSTLY or value == param.low:
        made = work(subject, strategy.kind, X, y)
        assert len(made) > 0
        assert made.shape[1] > 0


@every_served
def test_the_same_seed_gives_the_same_result(strategy, task):
    """A second build agrees with the first, and so does a clone of a fitted one."""
    X, y = subject_table(strategy, task)
    subject, first = first_result(strategy, task)
    again = clone(subject) if task == strategy.tasks[0] else None
    again = again or strategy.build(task=task, seed=3, **cheap(strategy))
    pd.testing.assert_frame_equal(first, work(again, strategy.kind, X, y))


@every_served
def test_it_survives_pickle(strategy, task):
    """A fitted strategy goes to another process and comes back the same."""
    X, y = subject_table(strategy, task)
    subject, first = first_result(strategy, task)
    there = pickle.loads(pickle.dumps(subject))
    if strategy.kind in ("preparation", "selector"):
        pd.testing.assert_frame_equal(first, there.transform(X))
    elif strategy.kind == "resampler":
        pd.testing.assert_frame_equal(first, work(there, strategy.kind, X, y))
    else:
        pd.testing.assert_frame_equal(first, answers(there, X))


@every
def test_rows_outside_the_training_fold_leave_no_trace(strategy):
    """Nothing changes when all other rows are spoilt, and rows are known by place, not label."""
    task = strategy.tasks[-1]
    X, y = subject_table(strategy, task)
    train = np.random.default_rng(1).permutation(ROWS)[:80]
    rest = np.setdiff1d(np.arange(ROWS), train)
    spoilt, wrong = X.copy(deep=True), y.copy(deep=True)
    for i, kind in enumerate(spoilt.dtypes):
        if pd.api.types.is_float_dtype(kind):
            spoilt.iloc[rest, i] = 1e6
        else:
            spoilt.iloc[rest, i] = spoilt.iloc[rest, i].to_numpy()[::-1]
    wrong.iloc[rest] = wrong.iloc[train[0]]
    results = []
    for part, labels in (
        (X.iloc[train], y.iloc[train]),
        (spoilt.iloc[train].reset_index(drop=True), wrong.iloc[train].reset_index(drop=True)),
    ):
        subject = strategy.build(task=task, seed=0, **cheap(strategy))
        made = work(subject, strategy.kind, part, labels)
        if strategy.kind in ("preparation", "selector"):
            pd.testing.assert_index_equal(made.index, part.index)
        results.append(made.reset_index(drop=True))
    pd.testing.assert_frame_equal(*results)


@every_for_classes
def test_a_training_fold_may_lack_a_class(strategy):
    """A rare class may be absent from a fold; the others are learnt all the same."""
    task: Task = "multiclass"
    X, y = subject_table(strategy, task)
    for kept in ((0, 1), (0, 2)):
        rows = np.flatnonzero(np.isin(y, kept))
        subject = strategy.build(task=task, seed=0, **cheap(strategy))
        work(subject, strategy.kind, X.iloc[rows], y.iloc[rows])
        if strategy.kind == "model":
            assert tuple(subject.classes_) == kept


@every_for_classes
def test_a_single_class_is_refused_in_a_sentence_or_taken(strategy):
    """Where nothing can be told apart, what comes is a reason, not another library's error."""
    X, y = subject_table(strategy, "multiclass")
    rows = np.flatnonzero(y == 1)
    subject = strategy.build(task="multiclass", seed=0, **cheap(strategy))
    refusal = ""
    try:
        made = work(subject, strategy.kind, X.iloc[rows], y.iloc[rows])
    except OutfoldError as refused:
        refusal = refused.message
    assert is_sentence(refusal) if refusal else len(made) > 0


def test_exemptions_are_known_and_counted():
    """A law is waived only by name, with a reason, and the count is kept here."""
    waivers = [(s, law) for s in strategies() for law in s.exemptions]
    for strategy, law in waivers:
        assert f"test_{law}" in globals()
        assert is_sentence(strategy.exemptions[law])
    assert len(waivers) == EXEMPTIONS


def test_a_menu_is_made_without_the_libraries_behind_it():
    """Listing every option loads none of the libraries that carry them out."""
    code = (
        "import sys; from outfold.registry import registry\n"
        "n = sum(len(registry(k)) for k in ('preparation', 'selector', 'resampler', 'model'))\n"
        "heavy = {'sklearn', 'imblearn', 'lightgbm', 'statsmodels', 'scipy.stats', 'dask'}\n"
        "print(n, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, _, loaded = done.stdout.strip().partition(" ")
    assert int(count) == len(strategies())
    assert loaded == "[]"


def test_the_table_holds_what_real_tables_hold():
    """The laws above mean something only if the table is mixed, gappy and rare in places."""
    X, _ = raw_table("binary")
    assert X["age of {head}"].isna().any()
    assert X["never known"].isna().all()
    assert X["place"].value_counts().min() <= 6
    assert {d.kind for d in X.dtypes if isinstance(d, np.dtype)} >= {"f", "i", "M"}
