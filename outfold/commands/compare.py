"""``compare``: models × selectors × resamplers, judged out of fold."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from outfold.commands.command import (
    TASK_CHOICES,
    Command,
    add_data,
    choices,
    print_rows,
    reading_options,
    require_column,
)
from outfold.data.schema import ROLES, Role
from outfold.errors import OutfoldError, ParameterError
from outfold.registry import Kind
from outfold.study.study import Study
from outfold.study.workspace import Workspace

RUN_FILE = "run.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_data(parser, target="optional")
    parser.add_argument(
        "--task", choices=TASK_CHOICES, help="proposed from the target unless given"
    )
    parser.add_argument("--positive", help="the class called positive (binary)")
    parser.add_argument("--models", help="such as logistic,random_forest:n_estimators=200")
    parser.add_argument("--selectors", help="such as none,cfs")
    parser.add_argument("--resamplers", help="such as none,smote")
    parser.add_argument("--folds", type=int, help="2 to 50")
    parser.add_argument("--repeats", type=int, help="1 to 20")
    parser.add_argument("--role", action="append", default=[], metavar="COLUMN=ROLE",
                        help=f"one of {', '.join(ROLES)}; may be given several times")  # fmt: skip
    parser.add_argument("--metric", help="the metric that ranks")
    parser.add_argument("--seed", type=int, help="seed of everything random")
    parser.add_argument("--study", type=Path, help="a study as JSON; other options change it")
    parser.add_argument("--scheduler", default="", help="address of a Dask scheduler")
    parser.add_argument("--workers", type=int, help="worker processes on this machine")
    parser.add_argument("--out", type=Path, help="a folder to keep the run and its steps in")


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Run the comparison and return its study, leaderboard, comparison and step counts."""
    from outfold.judge.compare import compare
    from outfold.judge.leaderboard import leaderboard
    from outfold.study.cluster import connected, scheduler_address
    from outfold.study.execute import execute
    from outfold.study.results import Predictions
    from outfold.study.run import new_run, predictions, result

    del scratch
    workspace = Workspace(options.out) if options.out else Workspace.default()
    study = _study(options, workspace)
    address = options.scheduler or scheduler_address()
    name = new_run(workspace, study, address, claimed=True)
    with connected(address, options.workers) as client:
        execute(workspace, name, client, shared_storage=not address, told=_tell)
    record = workspace.records.run(name)
    if record.state == "failed":
        raise OutfoldError(record.reason)
    measured = result(workspace, name)

    def stored(candidate: str) -> Predictions:
        return predictions(workspace, name, candidate)

    board = leaderboard(measured, predictions=stored)
    if options.out:
        (options.out / RUN_FILE).write_text(json.dumps({"run": name}) + "\n")
    return {
        "study": json.loads(study.to_json()),
        **board.to_json(),
        "comparison": compare(measured, predictions=stored).to_json(),
        "steps": {
            "computed": record.done - record.reused - record.failed,
            "reused": record.reused,
            "failed": record.failed,
        },
    }


def _tell(event: tuple[str, str, str, float | None, str]) -> None:
    kind, _, label, seconds, reason = event
    if label.startswith("fit ") and kind != "started":
        took = f" in {seconds:.2f} s" if seconds is not None else ""
        print(f"{kind} {label}{took} {reason}".rstrip(), file=sys.stderr)


def _study(options: argparse.Namespace, workspace: Workspace) -> Study:
    """The study that the arguments describe."""
    from outfold.data.samples import sample_named
    from outfold.data.source import open_data
    from outfold.study.defaults import default_study, with_target

    dataset = open_data(options.data, workspace.datasets, **reading_options(options))
    frame = workspace.datasets.frame(dataset.key)
    if options.target is not None:
        require_column(options.target, frame)
    if options.study is not None:
        try:
            study = Study.from_json(options.study.read_text())
        except OSError as error:
            raise OutfoldError(f"The study file cannot be read: {error.strerror}.") from None
        study = study.replace(dataset=dataset.key)
        require_column(study.target, frame)
    else:
        is_sample = options.data.startswith("sample:")
        sample = sample_named(options.data.removeprefix("sample:")) if is_sample else None
        study = default_study(dataset, frame, sample)
    if roles := _roles(options.role, frame):
        study = study.replace(roles=dict(study.roles) | roles)
    if options.target is not None or options.task is not None or roles:
        new_target = options.target or study.target
        same = new_target == study.target
        task = options.task or (study.task if same else None)
        study = with_target(study, dataset, frame, new_target, task)
    validation = {k: v for k in ("folds", "repeats") if (v := getattr(options, k)) is not None}
    if validation:
        study = study.replace(validation=dataclasses.replace(study.validation, **validation))
    kinds: dict[str, Kind] = {
        "models": "model", "selectors": "selector", "resamplers": "resampler"
    }  # fmt: skip
    changes: dict[str, Any] = {
        name: choices(kind, text)
        for name, kind in kinds.items()
        if (text := getattr(options, name)) is not None
    }
    changes |= {
        name: value
        for name in ("metric", "seed", "positive")
        if (value := getattr(options, name)) is not None
    }
    if options.metric is not None:
        from outfold.metrics.catalogue import metric_named

        metric_named(options.metric)
    return study.replace(**changes)


def _roles(given: list[str], frame: pd.DataFrame) -> dict[str, Role]:
    roles: dict[str, Role] = {}
    for item in given:
        column, equals, role = item.rpartition("=")
        if not equals or role not in ROLES:
            raise ParameterError(
                f"{item!r} gives no role.", f"Write COLUMN=ROLE, a role of {', '.join(ROLES)}."
            )
        require_column(column, frame)
        roles[column] = role
    return roles


def show(result: dict[str, Any]) -> None:
    """Print the leaderboard."""
    metric = result["study"]["metric"]
    rows = [
        {
            "candidate": row["candidate"],
            metric: (row["metrics"].get(metric) or {}).get("mean"),
            "low": (row["metrics"].get(metric) or {}).get("low"),
            "high": (row["metrics"].get(metric) or {}).get("high"),
            "fit s": row["fit_seconds"],
            "1,000 rows s": row["predict_seconds_per_1000"],
            "status": row["status"],
            "reason": row["reason"],
        }
        for row in result["leaderboard"]
    ]
    print_rows(rows, list(rows[0]) if rows else ["candidate"])
    steps = result["steps"]
    print(
        f"\n{steps['computed']} fits computed, {steps['reused']} reused, {steps['failed']} failed."
    )


COMMAND = Command(
    "compare", "Compare models, selectors and resamplers out of fold.", 50, arguments, run, show
)
