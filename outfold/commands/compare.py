"""``compare``: models × selectors × resamplers, judged out of fold."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from outfold.commands.command import (
    TASK_CHOICES,
    Command,
    add_data,
    choices,
    print_rows,
    reading_options,
    require_column,
    sample_of,
)
from outfold.commands.resampling import resampling_of, show_resampling
from outfold.commands.speed import add_speed, race_of, show_race, with_speed
from outfold.commands.tuning import add_tuning, tuning_of
from outfold.commands.validation import add_validation, roles_in, validation_of
from outfold.data.schema import ROLES, Role
from outfold.errors import OutfoldError, ParameterError
from outfold.registry import Kind
from outfold.study.records import COUNTED
from outfold.study.study import Study
from outfold.study.workspace import Workspace

if TYPE_CHECKING:
    from outfold.judge.cost_matrix import CostMatrix

RUN_FILE = "run.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of every command that runs a comparison."""
    add_data(parser, target="optional")
    parser.add_argument(
        "--task", choices=TASK_CHOICES, help="proposed from the target unless given"
    )
    parser.add_argument("--positive", help="the class called positive (binary)")
    parser.add_argument("--models", help="such as logistic,random_forest:n_estimators=200")
    parser.add_argument("--selectors", help="such as none,cfs,variance+l1")
    parser.add_argument("--resamplers", help="such as none,smote")
    add_validation(parser)
    parser.add_argument("--role", action="append", default=[], metavar="COLUMN=ROLE",
                        help=f"one of {', '.join(ROLES)}; may be given several times")  # fmt: skip
    parser.add_argument("--metric", help="the metric that ranks")
    parser.add_argument("--seed", type=int, help="seed of everything random")
    add_tuning(parser)
    add_speed(parser)
    parser.add_argument("--study", type=Path, help="a study as JSON; other options change it")
    parser.add_argument("--scheduler", default="", help="address of a Dask scheduler")
    parser.add_argument("--workers", type=int, help="worker processes on this machine")
    parser.add_argument("--out", type=Path, help="a folder to keep the run and its steps in")


def arguments_with_costs(parser: argparse.ArgumentParser) -> None:
    """Declare this command's own arguments too."""
    arguments(parser)
    parser.add_argument(
        "--costs", metavar="fp=C,fn=C",
        help="rank by the expected cost of a decision: of a false alarm, a miss, and where they "
        "cost or earn, tp=C,tn=C; each split's threshold is chosen on rows of other splits",
    )  # fmt: skip


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Run the comparison and return its study, leaderboard, comparison and step counts."""
    from outfold.judge.compare import compare
    from outfold.judge.leaderboard import leaderboard
    from outfold.study.by_hand import by_hand
    from outfold.study.results import Predictions
    from outfold.study.run import predictions, result
    from outfold.study.tune.results import tunings

    del scratch
    workspace = workspace_of(options)
    study = with_speed(options, study_of(options, workspace))
    matrix = _costs(options.costs, study)
    name, steps = carry_out(options, workspace, study)
    measured = result(workspace, name)

    def stored(candidate: str) -> Predictions:
        return predictions(workspace, name, candidate)

    ranking = study.metric
    if options.costs:
        from outfold.judge.expected_cost import metric_of, priced

        ranking = metric_of(matrix).key
        measured = priced(measured, stored, matrix)
    board = leaderboard(measured, ranking, predictions=stored)
    if options.out:
        (options.out / RUN_FILE).write_text(json.dumps({"run": name}) + "\n")
    return {
        "study": json.loads(study.to_json()),
        "sample": sample_of(workspace.datasets.get(study.dataset)),
        **board.to_json(),
        "comparison": compare(measured, ranking, predictions=stored).to_json(),
        "steps": steps,
        "race": race_of(workspace, name),
        "findings": [finding.to_plain() for finding in by_hand(study)],
        "resampling": resampling_of(measured, stored),
        "tuning": [tuned.to_json() for tuned in tunings(workspace, name)],
    }


def _costs(text: str | None, study: Study) -> CostMatrix:
    """The cost matrix that was written; wrong ones are refused before anything is fitted."""
    from outfold.judge.cost_matrix import CostMatrix
    from outfold.metrics.cost import costs_in

    if not text:
        return CostMatrix()
    if study.task != "binary":
        raise ParameterError(
            "Costs of misses and false alarms need two classes.", "Leave --costs out."
        )
    return CostMatrix(**costs_in(text))


def workspace_of(options: argparse.Namespace) -> Workspace:
    """The workspace that keeps the run: the folder asked for, else the usual one."""
    return Workspace(options.out) if options.out else Workspace.default()


def carry_out(
    options: argparse.Namespace, workspace: Workspace, study: Study
) -> tuple[str, dict[str, float | None]]:
    """Run a study to its end; the run, how many fits were computed, reused and failed, and times.

    Raises:
        OutfoldError: The study cannot be run on its table.
    """
    from outfold.study.cluster import connected, scheduler_address
    from outfold.study.execute import execute
    from outfold.study.run import new_run

    address = options.scheduler or scheduler_address()
    name = new_run(workspace, study, address, claimed=True)
    with connected(address, options.workers) as client:
        execute(workspace, name, client, shared_storage=None if address else True, told=_tell)
    record = workspace.records.run(name)
    if record.state == "failed":
        raise OutfoldError(record.reason)
    ended = workspace.records.count_fits(name, "stopped")
    return name, {
        "computed": record.done - record.reused - record.failed - ended,
        "reused": record.reused,
        "failed": record.failed,
        "predicted_seconds": record.predicted_seconds,
        "seconds": record.seconds,
    }


def _tell(event: tuple[str, str, str, float | None, str]) -> None:
    kind, _, label, seconds, reason = event
    if kind == "planned":
        print(f"{label}.", file=sys.stderr)
    if kind == "trial":
        print(f"{label}: {reason}", file=sys.stderr)
    if label.startswith(COUNTED) and kind != "started":
        took = f" in {seconds:.2f} s" if seconds is not None else ""
        print(f"{kind} {label}{took} {reason}".rstrip(), file=sys.stderr)


def study_of(options: argparse.Namespace, workspace: Workspace) -> Study:
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
    if roles := _roles([*options.role, *roles_in(options)], frame):
        study = study.replace(roles=dict(study.roles) | roles)
    if options.target is not None or options.task is not None or roles:
        new_target = options.target or study.target
        same = new_target == study.target
        task = options.task or (study.task if same else None)
        study = with_target(study, dataset, frame, new_target, task)
    study = study.replace(validation=validation_of(options, study.validation))
    kinds: dict[str, Kind] = {
        "models": "model", "selectors": "selector", "resamplers": "resampler"
    }  # fmt: skip
    changes: dict[str, Any] = {"tuning": tuning_of(options, study.tuning)} | {
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


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def show(result: dict[str, Any]) -> None:
    """Print the leaderboard."""
    metric = result["metric"]
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
    if result["sample"]:
        print(result["sample"]["sentence"])
    print_rows(rows, list(rows[0]) if rows else ["candidate"])
    for finding in result["findings"]:
        print(f"{finding['code']}: {finding['message']}")
    for tuned in result.get("tuning", ()):
        print(f"\nTuned {tuned['candidate']}: {tuned['sentence']}")
        for split in tuned["splits"]:
            values = ", ".join(f"{k}={_short(v)}" for k, v in split["params"].items())
            print(f"  split {split['split'] + 1}: {values}")
    show_resampling(result["resampling"])
    show_race(result["race"])
    steps = result["steps"]
    said = f"{steps['computed']} fits computed, {steps['reused']} reused, {steps['failed']} failed"
    print(f"\n{said}; predicted {steps['predicted_seconds']:.1f} s, took {steps['seconds']:.1f} s.")


COMMAND = Command(
    "compare",
    "Compare models, selectors and resamplers out of fold.",
    50,
    arguments_with_costs,
    run,
    show,
)
