"""``leakage``: what would one have believed, had a step been done before the split?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from outfold.commands import compare as comparing
from outfold.commands.command import (
    TASK_CHOICES,
    Command,
    add_data,
    choices,
    print_rows,
    sample_of,
)
from outfold.commands.validation import add_validation
from outfold.data.schema import ROLES
from outfold.errors import ParameterError
from outfold.registry import Kind
from outfold.study.leakage import SECONDS
from outfold.study.study import Choice, Study


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_data(parser)
    parser.add_argument(
        "--task", choices=TASK_CHOICES, help="proposed from the target unless given"
    )
    parser.add_argument("--positive", help="the class called positive (binary)")
    parser.add_argument("--selector", help="such as anova_f:k=20; none unless given")
    parser.add_argument("--resampler", help="such as smote; none unless given")
    parser.add_argument("--model", help="such as random_forest; a quick linear one unless given")
    add_validation(parser)
    parser.add_argument("--role", action="append", default=[], metavar="COLUMN=ROLE",
                        help=f"one of {', '.join(ROLES)}; may be given several times")  # fmt: skip
    parser.add_argument("--metric", help="the metric that is shown")
    parser.add_argument("--seed", type=int, help="seed of everything random")
    parser.add_argument(
        "--budget", type=float, default=SECONDS, metavar="SECONDS",
        help="what it may take, 30 s unless given; a sample is taken where all rows take longer",
    )  # fmt: skip
    parser.add_argument("--scheduler", default="", help="address of a Dask scheduler")
    parser.add_argument("--workers", type=int, help="worker processes on this machine")
    parser.add_argument("--out", type=Path, help="a folder to keep the measurement in")
    # Options of comparisons that have no meaning for one way through a study.
    parser.set_defaults(
        models=None, selectors=None, resamplers=None, study=None, tune=None, trials=None,
        tune_seconds=None, tune_folds=None, tune_metric=None,
    )  # fmt: skip


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Measure every mistake that the chosen steps can make."""
    from outfold.judge.leakage import leakage
    from outfold.study.leakage import leakage_study
    from outfold.study.leaky_scores import leaky_scores
    from outfold.study.table import study_table
    from outfold.study.trial import quick_model

    del scratch
    workspace = comparing.workspace_of(options)
    study = comparing.study_of(options, workspace)
    table = study_table(workspace, study)
    model = _one("model", options.model) if options.model else quick_model(table.facts)
    asked = leakage_study(
        study, _one("selector", options.selector or "none"),
        _one("resampler", options.resampler or "none"), model, options.budget,
    )  # fmt: skip
    comparing.carry_out(options, workspace, asked)
    measured = leaky_scores(workspace, asked, table.positive)
    assert measured is not None, "a finished run has kept what it measured"
    found = leakage(measured, options.metric or _kept_metric(study))
    return {
        "study": json.loads(asked.to_json()),
        "sample": sample_of(workspace.datasets.get(study.dataset)),
        **found.to_json(),
    }


def _one(kind: Kind, text: str) -> Choice:
    found = choices(kind, text)
    if len(found) > 1:
        raise ParameterError(
            f"{len(found)} {kind}s are named: {text}.", f"The meter takes one {kind} at a time."
        )
    return found[0]


def _kept_metric(study: Study) -> str | None:
    return study.metric or None


def show(result: dict[str, Any]) -> None:
    """Print the mistakes side by side."""
    if result["sample"]:
        print(result["sample"]["sentence"])
    columns = ["mistake", "honest", "believed", "optimism", "low", "high"]
    rows = [line | {"mistake": line["label"]} for line in result["mistakes"]]
    measured = [line for line in rows if not line["reason"]]
    print_rows(measured, columns)
    print(f"\n{result['sentence']}\nMetric: {result['metric']}. Interval: {result['interval']}.")
    for line in rows:
        if line["reason"]:
            print(f"{line['mistake']}: not measured. {line['reason']}")
    for note in result["notes"]:
        print(note)


COMMAND = Command(
    "leakage", "Measure what steps done before the split would promise.", 57, arguments, run, show
)
