"""``associate``: how strongly the columns go together."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from outfold.commands.command import Command, add_data, open_table, print_rows, sample_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    from outfold.explore.measures import MEASURES

    add_data(parser, target="optional")
    parser.add_argument("--measure", choices=["auto", *MEASURES], default="auto")


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Associate every pair of columns, or every column with the target."""
    from outfold.data.store import DatasetStore
    from outfold.explore.associate import associate
    from outfold.explore.whole_table import with_all_rows

    dataset, frame = open_table(options, scratch)
    found = associate(frame, dataset.schema, measure=options.measure, target=options.target)
    if dataset.whole is not None:
        path = DatasetStore(scratch / "datasets").whole(dataset.key)
        found = with_all_rows(found, path, dataset.n_rows)
    return {**found.to_json(), "sample": sample_of(dataset)}


def show(result: dict[str, Any]) -> None:
    """Print the pairs, strongest first."""
    for note in result["notes"]:
        print(note)
    pairs = sorted(result["pairs"], key=lambda p: -abs(p["value"] or 0.0))
    print_rows(pairs[:100], ["a", "b", "measure", "value", "p_value", "p_adjusted", "n"])


COMMAND = Command(
    "associate", "Measure the association of each pair of columns.", 20, arguments, run, show
)
