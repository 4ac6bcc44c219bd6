"""``resample``: class counts before and after one resampler."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from outfold.commands.command import Command, add_data, open_table, print_rows, strategy_choice
from outfold.errors import OutfoldError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_data(parser)
    parser.add_argument("--resampler", required=True, metavar="NAME", help="the resampler's key")
    parser.add_argument("--param", action="append", default=[], metavar="K=V")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the resampled rows as CSV")


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Resample all rows of a table; a study resamples training folds only."""
    from outfold.commands.prepared import prepared_rows
    from outfold.data.schema import shown
    from outfold.registry import registry

    dataset, frame = open_table(options, scratch)
    choice = strategy_choice("resampler", options.resampler, options.param)
    rows = prepared_rows(scratch, dataset, frame, options.target, ("resampler", choice))
    strategy = registry("resampler")[choice.key]
    params = strategy.complete(dict(choice.params))
    sampler = strategy.build(task=rows.task, seed=options.seed, **params)
    after, target, weight = rows.frame, rows.target, None
    if hasattr(sampler, "sample_weight"):
        weight = sampler.sample_weight(target)
    elif choice.key != "none":
        after, target = sampler.fit_resample(rows.frame, rows.target)
    if options.out is not None:
        classes = rows.table.classes
        written = after.rename(columns=shown)
        names = np.asarray(classes, dtype=object)[target] if classes else target
        try:
            written.assign(**{options.target: names}).to_csv(options.out, index=False)
        except OSError as error:
            raise OutfoldError(f"{options.out} cannot be written: {error.strerror}.") from None
    counts: dict[str, Any] = {
        "before": _counts(rows.target, rows.table.classes),
        "after": _counts(target, rows.table.classes),
    }
    if weight is not None:
        counts["weight"] = {
            name: float(weight[target == code].mean())
            for code, name in enumerate(rows.table.classes)
        }
    return {"resampler": choice.label(), **counts, "notes": list(getattr(sampler, "notes_", ()))}


def _counts(target: np.ndarray, classes: tuple[str, ...]) -> dict[str, int]:
    if not classes:
        return {"rows": len(target)}
    found = np.bincount(target.astype(int), minlength=len(classes))
    return {name: int(n) for name, n in zip(classes, found, strict=True)}


def show(result: dict[str, Any]) -> None:
    """Print the class counts side by side."""
    names = result["before"]
    print_rows(
        [
            {
                "class": name,
                "before": result["before"][name],
                "after": result["after"][name],
                "weight": result.get("weight", {}).get(name),
            }
            for name in names
        ],
        ["class", "before", "after", *(["weight"] if "weight" in result else [])],
    )
    for note in result["notes"]:
        print(note)


COMMAND = Command(
    "resample", "Show class counts before and after resampling.", 40, arguments, run, show
)
