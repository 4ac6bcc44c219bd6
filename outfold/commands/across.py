"""``across``: candidates ranked over several tables, one kept run each."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outfold.commands.command import Command, print_rows
from outfold.commands.compare import RUN_FILE
from outfold.errors import OutfoldError, UnknownNameError
from outfold.study.workspace import Workspace

if TYPE_CHECKING:
    from outfold.judge.across_tables import TableRun


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "runs", metavar="RUN", nargs="+",
        help="what compare --out kept, or the identifier of a run in the workspace; one a table",
    )  # fmt: skip
    parser.add_argument("--metric", help="by default the first run's own")
    parser.add_argument(
        "--alpha", type=float, default=0.05, help="level of the tests (default 0.05)"
    )


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Rank the candidates that the runs have in common."""
    from outfold.judge.across_tables import across_tables

    del scratch
    if not 0 < options.alpha < 0.5:
        raise OutfoldError(
            f"A level of {options.alpha:g} was asked for.", "Take one between 0 and 0.5."
        )
    return across_tables([_run(r) for r in options.runs], options.metric, options.alpha).to_json()


def _run(named: str) -> TableRun:
    """A kept run, by its folder or its identifier."""
    from outfold.judge.across_tables import table_run

    folder = Path(named)
    if not folder.is_dir():
        try:
            return table_run(Workspace.default(), named)
        except UnknownNameError:
            raise UnknownNameError(
                f"{named!r} is neither a folder nor a run of this workspace.",
                "Make one with compare DATA --out DIR.",
            ) from None
    try:
        name = json.loads((folder / RUN_FILE).read_text())["run"]
    except (OSError, ValueError, KeyError):
        raise OutfoldError(
            f"{folder} holds no run.", "Make one with compare DATA --out DIR."
        ) from None
    return table_run(Workspace(folder), name)


def show(result: dict[str, Any]) -> None:
    """Print the ranks, the pairs and what they say."""
    print_rows(result["ranks"], ["candidate", "average_rank", "best_on", "tables"])
    print()
    columns = ["a", "b", "rank_difference", "nemenyi_p", "wins", "losses", "wilcoxon_adjusted"]
    print_rows(result["pairs"], columns)
    test = result["friedman"]
    print(
        f"\nFriedman chi2 {test['chi2']:.3f} on {test['df']}, p {test['p_value']:.3g}; "
        f"Iman-Davenport p {test['f_p_value']:.3g}; by permutation p {test['permutation_p']:.3g}; "
        f"critical difference {result['critical_difference']:.3f}."
    )
    for note in result["notes"]:
        print(note)
    print(result["sentence"])


COMMAND = Command("across", "Rank candidates over several tables.", 52, arguments, run, show)
