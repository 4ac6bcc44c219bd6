"""``select``: which columns one selector keeps."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from outfold.commands.command import (
    Command,
    add_data,
    open_table,
    print_rows,
    strategy_choice,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_data(parser)
    parser.add_argument("--selector", required=True, metavar="NAME", help="the selector's key")
    parser.add_argument("--param", action="append", default=[], metavar="K=V")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Run a selector over all rows; nothing is judged, so none are held out."""
    from outfold.commands.prepared import prepared_rows
    from outfold.registry import registry

    dataset, frame = open_table(options, scratch)
    choice = strategy_choice("selector", options.selector, options.param)
    rows = prepared_rows(scratch, dataset, frame, options.target, ("selector", choice.key))
    strategy = registry("selector")[choice.key]
    params = strategy.complete(dict(choice.params))
    selector = strategy.build(task=rows.task, seed=options.seed, **params)
    found = selector.fit(rows.frame, rows.target).selection_
    ranks = found.ranks()
    return {
        "selector": choice.label(),
        "selected": list(found.selected),
        "score_name": found.score_name,
        "scores": [
            {"feature": name, "score": score, "rank": ranks[name]}
            for name, score in sorted(found.scores.items(), key=lambda kv: ranks[kv[0]])
        ],
        **({} if found.merit is None else {"merit": found.merit}),
        "dropped_because": dict(found.dropped_because),
        "notes": list(found.notes),
    }


def show(result: dict[str, Any]) -> None:
    """Print the columns in rank order."""
    kept = set(result["selected"])
    rows = [{**row, "kept": "yes" if row["feature"] in kept else ""} for row in result["scores"]]
    print(f"{result['selector']}: {len(kept)} of {len(rows)} columns kept ({result['score_name']})")
    print_rows(rows, ["rank", "feature", "score", "kept"])
    if "merit" in result:
        print(f"merit {result['merit']:.4f}")
    for note in result["notes"]:
        print(note)


COMMAND = Command("select", "Rank and select columns by one method.", 30, arguments, run, show)
