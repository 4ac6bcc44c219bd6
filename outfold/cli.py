"""The command line: the same engine without a browser."""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from outfold.errors import OutfoldError
from outfold.hashing import plain

Printer = Callable[[dict[str, Any]], None]


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line that says what would be right."""

    def error(self, message: str) -> NoReturn:
        raise OutfoldError(
            message[:1].upper() + message[1:] + ".", f"See {self.prog} --help for what it takes."
        )


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    from outfold.commands import COMMANDS

    parser = _Parser(
        prog="python -m outfold",
        description="Compare models on what was measured out of fold.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.summary, description=command.summary)
        sub.add_argument(
            "--json", action="store_true", help="print the result alone, as one JSON document"
        )
        command.arguments(sub)
        sub.set_defaults(run=command.run, show=command.show)
    return parser


def json_ready(value: Any) -> Any:
    """The value with NaN and infinities as null: JSON has neither."""
    if isinstance(value, dict):
        return {str(k): json_ready(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(v) for v in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return plain(value)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0, or 2 for bad input with one line on standard error."""
    try:
        options = build_parser().parse_args(arguments)
        with tempfile.TemporaryDirectory(prefix="outfold-") as scratch:
            result = options.run(options, Path(scratch))
        if options.json:
            json.dump(json_ready(result), sys.stdout, ensure_ascii=False, allow_nan=False)
            sys.stdout.write("\n")
        else:
            options.show(result)
    except OutfoldError as error:
        print("outfold: " + " ".join(str(error).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe, such as head, has gone
        return 0
    return 0
