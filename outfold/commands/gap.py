"""``gap``: do the candidates overfit or underfit?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from outfold.commands import compare as comparing
from outfold.commands.command import Command, print_rows, sample_of


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Score the candidates on their training rows beside the rows held out."""
    from outfold.judge.generalisation_gap import generalisation_gap
    from outfold.study.training_rows import gap_study

    del scratch
    workspace = comparing.workspace_of(options)
    study = comparing.study_of(options, workspace)
    asked = gap_study(study, study.candidates())
    name, steps = comparing.carry_out(options, workspace, asked)
    found = generalisation_gap(workspace, name, options.metric)
    return {
        "study": json.loads(asked.to_json()),
        "sample": sample_of(workspace.datasets.get(study.dataset)),
        **found.to_json(),
        "steps": steps,
    }


def show(result: dict[str, Any]) -> None:
    """Print both scores of each candidate and what they say."""
    if result["sample"]:
        print(result["sample"]["sentence"])
    columns = ["candidate", "train", "held_out", "gap", "low", "high", "lost", "verdict"]
    print_rows(result["candidates"], columns)
    print("\ntrain: on rows that were fitted on, not out of fold; held_out: out of fold.")
    print(result["sentence"])


COMMAND = Command(
    "gap", "Say whether candidates overfit or underfit.", 56, comparing.arguments, run, show
)
