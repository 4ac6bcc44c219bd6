"""``select``: which columns one selector keeps."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outfold.commands.command import (
    Command,
    add_data,
    chain_choice,
    open_table,
    print_rows,
)

if TYPE_CHECKING:
    from outfold.commands.prepared import PreparedRows
    from outfold.select.selection import Selection
    from outfold.study.study import Choice


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_data(parser)
    parser.add_argument(
        "--selector", required=True, metavar="NAME",
        help="the selector's key; variance+cfs for one that goes on with what another keeps",
    )  # fmt: skip
    parser.add_argument(
        "--param", action="append", default=[], metavar="K=V",
        help="a parameter; in a chain cfs.K=V or 2.K=V says whose, where several have it",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Run a selector over all rows; nothing is judged, so none are held out."""
    from outfold.commands.prepared import prepared_rows

    dataset, frame = open_table(options, scratch)
    choice = chain_choice("selector", options.selector, options.param)
    rows = prepared_rows(scratch, dataset, frame, options.target, ("selector", choice))
    found = _found(choice, rows, options.seed)
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
        **(
            {
                "links": [
                    {
                        "selector": link.label(),
                        "selected": list(own.selected),
                        "score_name": own.score_name,
                        "scores": dict(own.scores),
                    }
                    for link, own in zip(choice.links, found.links, strict=True)
                ]
            }
            if found.links
            else {}
        ),
    }


def _found(choice: Choice, rows: PreparedRows, seed: int) -> Selection:
    """What a selector finds on all rows, in a chain among the columns that the ones before keep."""
    from outfold.registry import registry
    from outfold.select.selection import followed

    found: Selection | None = None
    frame = rows.frame
    for link in choice.links:
        strategy = registry("selector")[link.key]
        params = strategy.complete(dict(link.params))
        selector = strategy.build(task=rows.task, seed=seed, **params).fit(frame, rows.target)
        frame = selector.transform(frame)
        own: Selection = selector.selection_
        found = own if found is None else followed(found, own)
    assert found is not None
    return found


def show(result: dict[str, Any]) -> None:
    """Print the columns in rank order."""
    kept = set(result["selected"])
    rows = [{**row, "kept": "yes" if row["feature"] in kept else ""} for row in result["scores"]]
    print(f"{result['selector']}: {len(kept)} of {len(rows)} columns kept ({result['score_name']})")
    print_rows(rows, ["rank", "feature", "score", "kept"])
    if "merit" in result:
        print(f"merit {result['merit']:.4f}")
    for link in result.get("links", ())[:-1]:
        out = [name for name in link["scores"] if name not in set(link["selected"])]
        print(f"{link['selector']} left out {', '.join(out) if out else 'nothing'}")
    for note in result["notes"]:
        print(note)


COMMAND = Command("select", "Rank and select columns by one method.", 30, arguments, run, show)
