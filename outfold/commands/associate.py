"""``associate``: how strongly the columns go together."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outfold.commands.command import (
    TASK_CHOICES,
    Command,
    add_data,
    open_table,
    print_rows,
    require_column,
    sample_of,
)

if TYPE_CHECKING:
    import pandas as pd

    from outfold.data.dataset import Dataset
    from outfold.explore.associations import Associations


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    from outfold.explore.measures import KIND_LABELS, KINDS, MEASURES, measures_for

    add_data(parser, target="optional")
    parser.add_argument("--task", choices=TASK_CHOICES, help="what the target is; else proposed")
    parser.add_argument("--measure", choices=["auto", *MEASURES], default="auto")
    for kind in KINDS:
        parser.add_argument(
            f"--{kind}",
            choices=measures_for(kind),
            metavar="M",
            help=f"with auto, for {KIND_LABELS[kind].lower()}: " + ", ".join(measures_for(kind)),
        )
    parser.add_argument(
        "--given",
        metavar="A,B",
        help="partial correlations given these columns; without it, with --measure partial, given"
        " all others",
    )
    parser.add_argument(
        "--missing",
        choices=["pairwise", "complete"],
        default="pairwise",
        help="each pair on the rows it has, or all on the rows without any gap",
    )
    more = parser.add_argument_group("more than pairs")
    more.add_argument("--pair", nargs=2, metavar=("A", "B"), help="two columns by every measure")
    more.add_argument(
        "--redundancy", type=float, nargs="?", const=0.8, metavar="THRESHOLD",
        help="groups of columns that say the same, from this association on (0.8)",
    )  # fmt: skip
    more.add_argument("--vif", action="store_true", help="variance inflation of every column")
    more.add_argument(
        "--missingness",
        action="store_true",
        help="where values are missing, and with a target whether that is related to it",
    )


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Associate every pair of columns, or every column with the target."""
    from outfold.data.store import DatasetStore
    from outfold.explore.associate import associate
    from outfold.explore.measures import KINDS
    from outfold.explore.whole_table import with_all_rows

    dataset, frame = open_table(options, scratch)
    given = [c.strip() for c in options.given.split(",")] if options.given else []
    for name in [*given, *(options.pair or ())]:
        require_column(name, frame)
    measure: Any = "partial" if given and options.measure == "auto" else options.measure
    kinds = {k: getattr(options, k) for k in KINDS if getattr(options, k)}
    found = associate(
        frame, dataset.schema, measure, by_kind=kinds, target=options.target, given=given,
        missing=options.missing, report=_tell,
    )  # fmt: skip
    if dataset.whole is not None:
        path = DatasetStore(scratch / "datasets").whole(dataset.key)
        found = with_all_rows(found, path, dataset.n_rows)
    more = _more(options, dataset, frame, found)
    return {**found.to_json(), "sample": sample_of(dataset), **more}


def _tell(done: float) -> None:
    """Progress on a terminal; in a file it would be noise."""
    if sys.stderr.isatty():
        print(f"\r{done:4.0%}", end="" if done < 1 else "\r    \r", file=sys.stderr, flush=True)


def _more(
    options: argparse.Namespace, dataset: Dataset, frame: pd.DataFrame, found: Associations
) -> dict[str, Any]:
    """What was asked for besides the pairs."""
    more: dict[str, Any] = {}
    target, schema = options.target, dataset.schema
    task = None
    if target is not None:
        from outfold.data.propose import propose_task
        from outfold.explore.relevance import relevance

        task = options.task or propose_task(frame[target], schema[target].type)
        if not options.given:
            relevant = relevance(frame, schema, target, task=task)
            more["relevance"] = _rows(relevant.frame())
    if options.pair:
        from outfold.explore.pair_measures import measures_frame, pair_measures

        given = options.given.split(",") if options.given else ()
        every = pair_measures(frame, schema, *options.pair, given=given)
        more["pair"] = _rows(measures_frame(every))
    if options.redundancy is not None:
        from outfold.explore.associate import associate
        from outfold.explore.redundancy import redundancy

        pairs = found if target is None and options.measure == "auto" else associate(frame, schema)
        groups = redundancy(pairs, threshold=options.redundancy)
        more["redundancy"] = [
            {
                "representative": g.representative,
                "members": list(g.members),
                "weakest": g.weakest,
                "why": g.why,
            }
            for g in groups.groups
        ]
    if options.vif:
        from outfold.data.schema import Schema
        from outfold.explore.collinearity import collinearity

        others = Schema(tuple(c for c in schema.columns if c.name != target))
        inflated = collinearity(frame, others)
        more["vif"] = [
            {
                "column": name,
                "gvif": _plain(one.gvif),
                "df": one.df,
                "scaled": _plain(one.scaled),
                "n": inflated.n,
            }
            for name, one in inflated.columns.items()
        ]
    if options.missingness:
        more["missingness"] = _missingness(frame, schema, target, task)
    return more


def _missingness(frame: pd.DataFrame, schema: Any, target: str | None, task: Any) -> dict[str, Any]:
    from outfold.explore.missing import missingness

    absent = missingness(frame, schema, target, task=task)
    fields = ("column", "missing", "share", "measure", "value", "p_value", "p_adjusted")
    return {
        "complete_rows": absent.complete,
        "columns": [{f: _plain(getattr(g, f)) for f in fields} for g in absent.gaps],
        "patterns": [{"missing": list(p.columns), "rows": p.rows} for p in absent.patterns],
        "n_patterns": absent.n_patterns,
    }


def _plain(value: Any) -> Any:
    """A figure as JSON holds it: undefined is null, infinity a word."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "Infinity"
    return value


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.astype(object).to_dict(orient="records")
    return [{str(k): _plain(v) for k, v in row.items()} for row in rows]


TABLES: Sequence[tuple[str, str, Sequence[str]]] = (
    ("relevance", "Beside the target", ("column", "measure", "value", "low", "high", "p_adjusted")),
    ("pair", "The pair by every measure", ("name", "value", "low", "high", "p_value", "n", "note")),
    ("redundancy", "Saying the same", ("representative", "members", "weakest")),
    ("vif", "Variance inflation", ("column", "gvif", "df", "scaled", "n")),
)


def show(result: dict[str, Any]) -> None:
    """Print the pairs, strongest first, and what else was asked for."""
    for note in result["notes"]:
        print(note)
    pairs = sorted(result["pairs"], key=lambda p: -abs(p["value"] or 0.0))
    print_rows(pairs[:100], ["a", "b", "measure", "value", "p_value", "p_adjusted", "n"])
    for key, title, columns in TABLES:
        if key in result:
            print(f"\n{title}")
            print_rows(result[key][:100], columns)
    if absent := result.get("missingness"):
        print(f"\nMissing values: {absent['complete_rows']:,} rows have none")
        print_rows(absent["columns"][:100], ["column", "missing", "share", "value", "p_adjusted"])
        print_rows(absent["patterns"], ["missing", "rows"])


COMMAND = Command(
    "associate", "Measure the association of each pair of columns.", 20, arguments, run, show
)
