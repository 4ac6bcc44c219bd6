"""``profile``: what a table holds and what is wrong with it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from outfold.commands.command import Command, add_data, open_table, print_rows


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_data(parser, target="optional")


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Profile the table."""
    from outfold.data.profile import profile

    dataset, frame = open_table(options, scratch)
    return {
        "name": dataset.name,
        "notes": list(dataset.notes),
        **profile(frame, dataset.schema, options.target).to_plain(),
    }


def show(result: dict[str, Any]) -> None:
    """Print the columns and findings."""
    for note in result["notes"]:
        print(note)
    print(f"\n{result['rows']:,} rows\n")
    print_rows(result["columns"], ["name", "type", "role", "missing", "unique"])
    print()
    print_rows(result["findings"], ["code", "severity", "message"])


COMMAND = Command(
    "profile", "Describe a table's columns and what is wrong with them.", 10, arguments, run, show
)
