"""``profile``: what a table holds and what is wrong with it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from outfold.commands.command import Command, add_data, open_table, print_rows, sample_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_data(parser, target="optional")


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Profile the table."""
    from outfold.data.large.described import described
    from outfold.data.profile import profile
    from outfold.data.store import DatasetStore

    dataset, frame = open_table(options, scratch)
    found = profile(frame, dataset.schema, options.target).to_plain()
    if dataset.whole is not None:
        figures = DatasetStore(scratch / "datasets").figures(dataset.key)
        found = described(found, figures, dataset.whole.n_rows)
    return {
        "name": dataset.name,
        "notes": list(dataset.notes),
        "sample": sample_of(dataset),
        **found,
    }


def show(result: dict[str, Any]) -> None:
    """Print the columns and findings."""
    for note in result["notes"]:
        print(note)
    print(f"\n{result['rows']:,} rows\n")
    errors = ["unique_error"] if result["sample"] else []
    print_rows(result["columns"], ["name", "type", "role", "missing", "unique", *errors])
    if result["sample"]:
        print("\n" + "\n".join(result["approximate"]))
    print()
    print_rows(result["findings"], ["code", "severity", "message"])


COMMAND = Command(
    "profile", "Describe a table's columns and what is wrong with them.", 10, arguments, run, show
)
