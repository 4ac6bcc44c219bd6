"""``tradeoff``: performance beside its price, from a kept run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from outfold.commands.command import Command, print_rows
from outfold.commands.compare import RUN_FILE
from outfold.errors import OutfoldError
from outfold.study.workspace import Workspace


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    from outfold.judge.tradeoff import COSTS

    parser.add_argument("run_dir", metavar="RUN_DIR", type=Path, help="what compare --out kept")
    parser.add_argument("--metric", help="by default the run's own")
    parser.add_argument("--cost", choices=list(COSTS), default="fit_seconds")


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Read the run's measured costs and find the candidates that nothing beats on both axes."""
    from outfold.judge.tradeoff import tradeoff
    from outfold.study.run import predictions, result

    del scratch
    try:
        name = json.loads((options.run_dir / RUN_FILE).read_text())["run"]
    except (OSError, ValueError, KeyError):
        raise OutfoldError(
            f"{options.run_dir} holds no run.", "Make one with compare DATA --out DIR."
        ) from None
    workspace = Workspace(options.run_dir)
    return tradeoff(
        result(workspace, name),
        options.metric,
        options.cost,
        predictions=lambda candidate: predictions(workspace, name, candidate),
    ).to_json()


def show(result: dict[str, Any]) -> None:
    """Print each candidate's score and cost, the Pareto front marked."""
    front = set(result["pareto"])
    rows = [
        {**row, "front": "yes" if row["candidate"] in front else ""} for row in result["candidates"]
    ]
    print_rows(rows, ["candidate", "score", "cost", "front"])


COMMAND = Command(
    "tradeoff", "Show performance beside its price for a kept run.", 70, arguments, run, show
)
