"""Every strategy, written out as code without Outfold, gives the numbers that a run gives."""

from __future__ import annotations

import ast
import importlib
import sys
from typing import Any

import pytest

from outfold.metrics.catalogue import default_metric
from outfold.registry import Strategy, registry
from outfold.study.export.bundle import Export, export_study
from outfold.study.study import Choice, Study, Validation
from outfold.study.table import study_table
from outfold.study.workspace import Workspace
from outfold.task import Task, is_classification
from outfold.validate.catalogue import schemes
from tests.contracts.exported import Elsewhere, agree
from tests.contracts.subjects import cheap, name, raw_table, strategies

LIBRARIES = {"numpy", "pandas", "scipy", "sklearn", "imblearn"}
QUICK: dict[Task, str] = {
    "binary": "logistic", "multiclass": "logistic", "regression": "ridge", "count": "poisson"
}  # fmt: skip


def told_apart() -> list[tuple[Strategy, Task]]:
    """Every strategy with one task of classes and one of numbers, so far as it serves them.

    Selectors, whose searches take long, with one of either: their code differs by no task.
    """
    found = []
    for strategy in strategies():
        kinds = [
            [(strategy, t) for t in tasks if t in strategy.tasks][:1]
            for tasks in (("multiclass", "binary"), ("count", "regression"))
        ]
        served = [one for some in kinds for one in some]
        found += served[:1] if strategy.kind == "selector" else served
    return found


every_served = pytest.mark.parametrize(("strategy", "task"), told_apart(), ids=name)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A process without Outfold, shared because the libraries take seconds to load."""
    process = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    yield process
    process.close()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    """A workspace for the small tables."""
    return Workspace(tmp_path_factory.mktemp("home"))


def base(workspace: Workspace, task: Task, columns: str = "mixed", raised: bool = False) -> Study:
    """A study of the small mixed table, or of its numeric or categorical columns alone."""
    frame, target = raw_table(task)
    frame = frame.drop(columns=["always one", "never known"])
    levels = ["place", "kind"]
    if columns == "numbers":
        frame = frame.drop(columns=levels)
    elif columns == "levels":
        frame = frame[levels]
    words: Any = target + raised
    if is_classification(task):
        words = target.map({0: 'no "way"', 1: "it's\\n", 2: "third"})
    frame = frame.assign(**{"the 'target'": words})
    dataset = workspace.datasets.add_frame(frame, f"{task} {columns}")
    return Study(
        dataset.key,
        "the 'target'",
        task,
        validation=Validation("stratified" if is_classification(task) else "kfold", folds=2),
        models=(Choice(QUICK[task]),),
        metric=default_metric(task).key,
        seed=3,
    )


def study_with(workspace: Workspace, strategy: Strategy, task: Task) -> Study:
    """A small study with one strategy, on the widest table that it applies to."""
    choice = Choice.of(strategy.key, **{
        k: v for k, v in cheap(strategy).items() if v != strategy.defaults()[k]
    })  # fmt: skip
    for columns in ("mixed", "numbers", "levels"):
        study = base(workspace, task, columns, raised=strategy.key == "gamma")
        if strategy.available(study_table(workspace, study).facts) is None:
            break
    else:
        raise AssertionError(f"{strategy.key} applies to no form of the table")
    if strategy.kind == "preparation":  # a tree takes numbers on any scale
        return study.replace(preparation=choice, models=(Choice("decision_tree"),))
    return study.replace(**{f"{strategy.kind}s": (choice,)})


def carried_out(elsewhere: Elsewhere, export: Export) -> dict[str, Any]:
    """What the exported script leaves behind."""
    return elsewhere.run(export.document.script(), {export.document.reading.file: export.table()})


@every_served
def test_exported_code_gives_the_same_numbers(strategy, task, elsewhere, workspace):
    """Out-of-fold predictions and scores of every split, to 1e-9, where Outfold is not there."""
    study = study_with(workspace, strategy, task)
    candidate = study.candidates()[-1]
    export = export_study(workspace, study, [candidate.name])
    agree(carried_out(elsewhere, export), workspace, study, [candidate.name])
    assert tops(export.document.script()) <= {
        *LIBRARIES, *sys.stdlib_module_names, *(["lightgbm"] if strategy.key == "lightgbm" else [])
    }  # fmt: skip


def test_a_chain_of_selectors_is_exported_link_by_link(elsewhere, workspace):
    """Alone and beside the selector it begins with, to 1e-9, its categories whole."""
    chain = Choice.chain([Choice.of("variance", threshold=0.3), Choice("cfs"),
                          Choice.of("rfe", k=2)])  # fmt: skip
    study = base(workspace, "binary").replace(
        selectors=(chain.links[0], Choice.chain(chain.links[:2]), chain)
    )
    names = [c.name for c in study.candidates()[1:]]
    for some in (names, names[-1:]):
        export = export_study(workspace, study, some)
        assert '("select_3", ' in export.document.script()
        agree(carried_out(elsewhere, export), workspace, study, some)


def tops(script: str) -> set[str]:
    """The packages that a script imports."""
    tree = ast.parse(script)
    found = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    found |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    return {f.split(".")[0] for f in found}


@pytest.mark.parametrize("scheme", list(schemes().values()), ids=lambda s: s.key)
def test_splits_come_from_the_schemes_own_function(scheme, elsewhere, workspace):
    """Every validation scheme, with the roles that it needs, cuts the rows alike."""
    task: Task = "binary" if "binary" in scheme.tasks else scheme.tasks[0]
    study = base(workspace, task, "numbers")
    frame = workspace.datasets.frame(study.dataset)
    frame = frame.assign(**{"who's": [f"p{i % 13}" for i in range(len(frame))]})
    dataset = workspace.datasets.add_frame(frame, "schemes")
    roles = {"group": ("who's", "group"), "time": ("since", "time")}
    study = study.replace(
        dataset=dataset.key,
        roles=dict(roles[need] for need in scheme.needs),
        validation=Validation(scheme.key, folds=3, repeats=2, resamples=10, gap=1, window=40),
    )
    name = study.candidates()[-1].name
    agree(carried_out(elsewhere, export_study(workspace, study, [name])), workspace, study, [name])


PLUGIN = '''
"""A selector that somebody keeps in a file of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import Param, Strategy
from outfold.select.columns import named, owners
from outfold.select.keep import keep
from outfold.select.selection import Selection

SPAN = 2.5
"""How far apart the middle rows must be."""


def spread(column: pd.Series, share: float) -> float:
    """The width of the middle share of a column."""
    values = column.cat.codes if hasattr(column, "cat") else column
    low, high = np.quantile(values, [0.5 - share / 2, 0.5 + share / 2])
    return float(high - low)


def choose(X: pd.DataFrame, y: Any, *, task: str, seed: int, share: float) -> Selection:
    """Keep what varies most."""
    sources, owner = owners(X)
    widths = [spread(X[c], share) for c in X.columns]
    best = [max(np.asarray(widths)[owner == i]) for i in range(len(sources))]
    scores = named(sources, best)
    selected, notes = keep(scores, k=3, passing={n for n, s in scores.items() if s < SPAN})
    return Selection(selected=selected, scores=scores, notes=notes)


def build(task: str, seed: int, share: float = 0.5) -> Any:
    """The transformer."""
    from outfold.select.selector import Selector

    return Selector(choose, task, seed, {"share": share})


STRATEGY = Strategy(
    kind="selector", key="widest", label="Widest", summary="Keeps what varies most.", build=build,
    params=(Param("share", "Share", "float", 0.5, 0.1, 0.9, help="Of the rows."),),
)
'''


def test_a_strategy_in_a_file_of_its_own_is_exported_with_it(
    elsewhere, workspace, tmp_path, monkeypatch
):
    """What somebody adds by an entry point follows without anything else being touched."""
    (tmp_path / "widest_selector.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    strategy = importlib.import_module("widest_selector").STRATEGY
    monkeypatch.setitem(registry("selector")._strategies(), "widest", strategy)
    study = study_with(workspace, strategy, "binary")
    export = export_study(workspace, study, ["widest + none + logistic"])
    assert "choose_by_widest_selector" in export.document.script()
    agree(carried_out(elsewhere, export), workspace, study, ["widest + none + logistic"])
