"""``learning-curve``: would more rows help?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from outfold.commands import compare as comparing
from outfold.commands.command import Command, print_rows, sample_of
from outfold.errors import ParameterError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    comparing.arguments(parser)
    parser.add_argument(
        "--shares", help="shares of the training rows besides all of them, such as 0.1,0.25,0.5"
    )


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Measure the candidates on growing parts of the training rows."""
    from outfold.judge.learning_curve import learning_curve
    from outfold.study.growing_rows import curve_study, default_shares
    from outfold.study.grown_scores import grown_scores
    from outfold.study.steps import with_splits
    from outfold.study.table import study_table

    del scratch
    shares = _shares(options.shares)
    workspace = comparing.workspace_of(options)
    study = comparing.study_of(options, workspace)
    if not shares:
        table = study_table(workspace, study)
        shares = default_shares(with_splits(table, study).splits, table)
    asked = curve_study(study, study.candidates(), shares)
    name, steps = comparing.carry_out(options, workspace, asked)
    found = learning_curve(grown_scores(workspace, name), options.metric)
    return {
        "study": json.loads(asked.to_json()),
        "sample": sample_of(workspace.datasets.get(study.dataset)),
        **found.to_json(),
        "steps": steps,
    }


def _shares(text: str | None) -> tuple[float, ...]:
    found = []
    for item in filter(None, (text or "").split(",")):
        try:
            found.append(float(item))
        except ValueError:
            raise ParameterError(
                f"{item!r} is no share.", "Write shares as 0.1,0.25,0.5."
            ) from None
    return tuple(sorted(found, reverse=True))


def show(result: dict[str, Any]) -> None:
    """Print the points and whether more rows would help."""
    if result["sample"]:
        print(result["sample"]["sentence"])
    rows = [
        {"candidate": c["candidate"], **point} for c in result["curves"] for point in c["points"]
    ]
    print_rows(rows, ["candidate", "rows", "mean", "low", "high"])
    print("\n" + result["sentence"])


COMMAND = Command("learning-curve", "Say whether more rows would help.", 55, arguments, run, show)
