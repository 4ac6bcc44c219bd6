"""``explain``: why a candidate of a kept run says what it says, out of fold."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from outfold.commands import compare as comparing
from outfold.commands.command import Command, print_rows
from outfold.errors import OutfoldError, UnknownNameError
from outfold.study.workspace import Workspace
from outfold.task import Task


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("run_dir", metavar="RUN_DIR", type=Path, help="what compare --out kept")
    parser.add_argument(
        "--candidate", metavar="NAME", help="as the leaderboard names it; by default the best"
    )
    parser.add_argument("--class", dest="class_name", metavar="CLASS",
                        help="the class whose prediction is explained")  # fmt: skip
    parser.add_argument("--rows", type=int, default=2000, help="rows explained, about")
    parser.add_argument("--row", type=int, metavar="N", help="any one row's values as well,"
                        " numbered from 1, the heading not counted")  # fmt: skip
    parser.add_argument("--metric", help="of permutation importance; by default the run's own")
    parser.add_argument("--scheduler", default="", help="address of a Dask scheduler")
    parser.add_argument("--workers", type=int, help="worker processes on this machine")


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Explain one candidate; what is kept in the folder is not computed again."""
    from outfold.judge.explanation import explain_study, explanation
    from outfold.judge.leaderboard import leaderboard
    from outfold.judge.one_more_row import (
        explained_row,
        fitted_again,
        split_without,
        with_row,
    )
    from outfold.judge.permutation_importance import permutation_importance
    from outfold.judge.shap_importance import shap_importance
    from outfold.metrics.catalogue import default_metric
    from outfold.study.explain.explaining import Explaining
    from outfold.study.run import plan_of, result
    from outfold.study.steps import with_splits
    from outfold.study.table import study_table

    del scratch
    try:
        name = json.loads((options.run_dir / comparing.RUN_FILE).read_text())["run"]
    except (OSError, ValueError, KeyError):
        raise OutfoldError(
            f"{options.run_dir} holds no run.", "Make one with compare DATA --out DIR."
        ) from None
    workspace = Workspace(options.run_dir)
    measured = result(workspace, name)
    study = measured.study
    metric = options.metric or study.metric or default_metric(study.task).key
    _check_metric(metric, study.task)
    plan = plan_of(workspace, name)
    code = None if options.class_name is None else _code(options.class_name, plan)
    named = {c.name: c for c in study.candidates() if not c.is_baseline}
    chosen = options.candidate
    if chosen is None:
        board = leaderboard(measured, study.metric)
        chosen = next((r.name for r in board.rows if r.name in named and r.result.splits_done), "")
    if chosen not in named:
        raise UnknownNameError(
            f"The run has no candidate {chosen!r} to explain.", "Known: " + "; ".join(named) + "."
        )
    table = study_table(workspace, study)
    row = None if options.row is None else table.position(options.row)
    asked = explain_study(study, named[chosen], Explaining(on=True, rows=options.rows))
    explaining, steps = comparing.carry_out(options, workspace, asked)
    found = explanation(workspace, explaining)
    if row is not None and row not in found.rows:
        loaded = with_splits(table, study)
        split = split_without(loaded, range(found.n_splits), row)
        model = fitted_again(workspace, name, loaded, study, named[chosen], split)
        found = with_row(found, explained_row(model, loaded, row))
    view = found.of(code)
    shuffled = permutation_importance(found, metric)
    return {
        "candidate": chosen,
        "class": view.name or None,
        "method": found.method_sentence(),
        "scale": view.scale,
        "rows": found.n_chosen,
        "splits": found.n_splits,
        "largest_residual": found.residual,
        "largest_difference_from_run": _finite(found.reproduced),
        "importance": [
            {"feature": c.feature, "mean_abs_shap": c.mean, "low": _finite(c.low),
             "high": _finite(c.high), "direction": _finite(c.direction)}
            for c in shap_importance(view, table.frame)
        ],
        "permutation": {
            "metric": metric, "score": shuffled.score, "repeats": shuffled.repeats,
            "columns": [
                {"features": list(c.features), "drop": _finite(c.drop), "low": _finite(c.low),
                 "high": _finite(c.high)}
                for c in (*shuffled.columns, *shuffled.groups)
            ],
        },
        "related": [{"a": a, "b": b, "strength": s} for a, b, s in found.related()],
        "row": None if row is None else _row(row, options.row, view),
        "steps": steps,
    }  # fmt: skip


def _check_metric(metric: str, task: Task) -> None:
    from outfold.metrics.catalogue import metric_named, metrics_for

    asked = metric_named(metric)
    if asked.key not in (known := [m.key for m in metrics_for(task)]):
        raise UnknownNameError(
            f"{asked.label} is not defined for this task.", f"Take one of {', '.join(known)}."
        )


def _code(name: str, plan: Any) -> int:
    classes = () if plan is None else plan.classes
    if name not in classes:
        known = ", ".join(classes) or "none, the target is a number"
        raise UnknownNameError(f"There is no class {name!r}.", f"Known: {known}.")
    return int(classes.index(name))


def _row(row: int, number: int, view: Any) -> dict[str, Any]:
    at = int(np.flatnonzero(view.rows == row)[0])
    order = np.argsort(-np.abs(view.shap[at]), kind="stable")
    return {
        "row": number, "split": int(view.split[at]) + 1, "prediction": float(view.predicted[at]),
        "base": float(view.base[at]), "output": float(view.output[at]),
        "values": [{"feature": view.features[i], "shap": float(view.shap[at, i])} for i in order],
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def show(result: dict[str, Any]) -> None:
    """Print the columns by importance, and what makes an explanation unsafe."""
    print(f"{result['candidate']}: {result['method']}")
    print(f"SHAP values in: {result['scale']}\n")
    print_rows(result["importance"], ["feature", "mean_abs_shap", "low", "high", "direction"])
    said = result["permutation"]
    print(f"\nShuffled, {said['metric']} of {said['score']:.4g} gets worse by:")
    print_rows(
        [{"columns": " + ".join(c["features"]), **c} for c in said["columns"]],
        ["columns", "drop", "low", "high"],
    )
    for pair in result["related"]:
        print(
            f"Closely related: {pair['a']} and {pair['b']} ({pair['strength']:.2f}); read them "
            "together."
        )
    if result["row"]:
        print(f"\nRow {result['row']['row']}: prediction {result['row']['prediction']:.4g}, "
              f"by the model of split {result['row']['split']}")  # fmt: skip
        print_rows(result["row"]["values"], ["feature", "shap"])


COMMAND = Command(
    "explain", "Say why a candidate of a kept run predicts what it predicts.", 65, arguments, run,
    show,
)  # fmt: skip
