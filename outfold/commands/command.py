"""What a command is, and the arguments that several have in common."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from outfold.data.dataset import Dataset
from outfold.errors import OutfoldError, ParameterError, UnknownNameError
from outfold.registry import Kind, registry
from outfold.study.study import Choice, check_links
from outfold.task import Task


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        name: What is typed.
        summary: One sentence.
        order: Place in the help, small first.
        arguments: Adds its arguments to a parser.
        run: From the parsed arguments and a folder for scratch files to the result, as JSON holds
            it.
        show: Prints the result for a person.
    """

    name: str
    summary: str
    order: int
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Path], dict[str, Any]]
    show: Callable[[dict[str, Any]], None]


def add_data(parser: argparse.ArgumentParser, target: str | None = "required") -> None:
    """The table, how to read it, and its target."""
    parser.add_argument("data", metavar="DATA", help="a file, or sample:NAME")
    if target is not None:
        parser.add_argument(
            "--target", metavar="T", required=target == "required", help="the column to predict"
        )
    reading = parser.add_argument_group("reading (found automatically unless given)")
    reading.add_argument("--encoding", help="such as utf-8 or latin-1")
    reading.add_argument("--delimiter", help="the character between fields; tab for a tab")
    reading.add_argument("--decimal", choices=[".", ","], help="the decimal mark")
    reading.add_argument("--header", choices=["yes", "no"], help="whether the first line has names")
    reading.add_argument(
        "--ragged",
        choices=["fill", "skip", "refuse"],
        help="what is done with lines of another length",
    )
    reading.add_argument("--sheet", help="the sheet of a workbook")
    reading.add_argument(
        "--rows", type=int, metavar="N",
        help="work with a sample of N rows; without it, with all that a share of memory holds",
    )  # fmt: skip


def reading_options(options: argparse.Namespace) -> dict[str, Any]:
    """The options of reading that were given."""
    given: dict[str, Any] = {
        name: getattr(options, name)
        for name in ("encoding", "decimal", "ragged", "sheet")
        if getattr(options, name) is not None
    }
    if options.delimiter is not None:
        given["delimiter"] = {"tab": "\t", "\\t": "\t"}.get(options.delimiter, options.delimiter)
    if options.header is not None:
        given["header"] = options.header == "yes"
    if options.rows is not None:
        given["rows"] = options.rows
    if getattr(options, "target", None) is not None:
        given["stratify"] = options.target
    return given


def open_table(options: argparse.Namespace, folder: Path) -> tuple[Dataset, pd.DataFrame]:
    """Read the table that the arguments name.

    Raises:
        OutfoldError: It cannot be read, or lacks the target.
    """
    from outfold.data.source import open_data
    from outfold.data.store import DatasetStore

    store = DatasetStore(folder / "datasets")
    dataset = open_data(options.data, store, **reading_options(options))
    frame = store.frame(dataset.key)
    if getattr(options, "target", None) is not None:
        require_column(options.target, frame)
    return dataset, frame


def sample_of(dataset: Dataset) -> dict[str, Any] | None:
    """What the result says of a sample: its rows, all rows, how it was drawn; None of a whole."""
    if dataset.whole is None:
        return None
    return {
        "rows": dataset.n_rows,
        "of": dataset.whole.n_rows,
        "stratified": dataset.whole.stratified,
        "dataset": dataset.key,
        "sentence": dataset.sample_sentence,
    }


def require_column(name: str, frame: pd.DataFrame) -> None:
    """Raise unless the table has the column; the hint gives the nearest name."""
    import difflib

    if name not in frame.columns:
        names = [str(c) for c in frame.columns]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]!r}?" if near else "It has " + ", ".join(names[:20]) + "."
        raise UnknownNameError(f"The table has no column {name!r}.", hint)


def strategy_choice(kind: Kind, key: str, settings: Sequence[str]) -> Choice:
    """A strategy with parameters given as ``name=value``.

    Raises:
        UnknownNameError: No such strategy.
        ParameterError: A parameter that it has not, or a value that it does not accept.
    """
    strategy = registry(kind)[key]
    known = {p.key: p for p in strategy.params}
    values = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise ParameterError(f"{setting!r} is no parameter.", "Write name=value.")
        if name not in known:
            takes = ", ".join(known) or "no parameters"
            raise ParameterError(f"{key} has no parameter {name!r}.", f"It takes {takes}.")
        values[name] = known[name].parse(text)
    return Choice.of(key, **values)


_PLUS = re.compile(r"(?<!\\)\+(?=\s*[A-Za-z_])")
"""A plus before a name; that of a number such as 1e+3 stands before a digit, and one within a
column's name has a backslash before it."""


def chain_choice(kind: Kind, text: str, settings: Sequence[str] = ()) -> Choice:
    """A strategy as ``a:k=3``, or several that follow one another as ``a:k=3+b``.

    Args:
        kind: What it is.
        text: Keys by plus signs, each with its parameters by colons.
        settings: Further parameters: ``name=value``, in a chain with the key or the number of the
            link before it where several have that parameter: ``b.k=3`` or ``2.k=3``.

    Raises:
        UnknownNameError: No such strategy.
        ParameterError: A parameter that no link has or that several have, or a wrong value.
        StudyError: These cannot follow one another.
    """
    parts = [part.strip().replace("\\+", "+").split(":") for part in _PLUS.split(text)]
    keys = [key for key, *_ in parts]
    given = [list(own) for _, *own in parts]
    for setting in settings:
        place, plain = _place_of(kind, keys, setting)
        given[place].append(plain)
    links = [strategy_choice(kind, k, own) for k, own in zip(keys, given, strict=True)]
    choice = Choice.chain(links)
    check_links(kind, choice)
    return choice


def _place_of(kind: Kind, keys: Sequence[str], setting: str) -> tuple[int, str]:
    """The link that a setting is for, and the setting without the link's name."""
    name, equals, value = setting.partition("=")
    link, dot, own = name.rpartition(".")
    if len(keys) == 1 and not dot:
        return 0, setting
    if dot:
        meant = [i for i, key in enumerate(keys) if link in (key, str(i + 1))]
        said = f"{link!r} is no link of {'+'.join(keys)}"
    else:
        named = [{p.key for p in registry(kind)[key].params} for key in keys]
        meant = [i for i, known in enumerate(named) if own in known]
        said = f"No link of {'+'.join(keys)} has a parameter {own!r}"
    if len(meant) == 1:
        return meant[0], f"{own}{equals}{value}"
    if not meant:
        raise ParameterError(f"{said}.", f"Write {keys[0]}.name=value, or 1.name=value.")
    raise ParameterError(
        f"{setting!r} could be for several links of {'+'.join(keys)}.",
        "Write " + " or ".join(f"{i + 1}.{own}=value" for i in meant) + ".",
    )


def choices(kind: Kind, text: str) -> tuple[Choice, ...]:
    """Strategies as ``a,b:k=3:ratio=0.5``: names by commas, parameters by colons.

    Selectors that follow one another are joined by plus signs: ``a:k=3+b``.
    """
    found = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        found.append(chain_choice(kind, item))
    if not found:
        raise OutfoldError(f"No {kind} is named.", f"Known: {', '.join(registry(kind).keys())}.")
    return tuple(found)


TASK_CHOICES: tuple[str, ...] = get_args(Task)


def figure(value: float) -> str:
    """Four significant digits, and of large numbers one decimal, so that they can be subtracted."""
    return f"{value:.1f}" if 1e3 <= abs(value) < 1e12 else f"{value:.4g}"


def print_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Print some fields of some rows as an aligned table."""
    frame = pd.DataFrame([{c: row.get(c) for c in columns} for row in rows], columns=list(columns))
    if len(frame):
        print(frame.to_string(index=False, na_rep="", float_format=figure))
    else:
        print("(none)")
