"""``export``: a study or one of its candidates as a script or notebook without Outfold."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from outfold.commands.command import Command
from outfold.commands.compare import RUN_FILE
from outfold.errors import OutfoldError
from outfold.study.study import Study
from outfold.study.workspace import Workspace

ENDINGS = {".py": "script", ".ipynb": "notebook", ".zip": "zip"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "source", metavar="RUN_DIR|STUDY", type=Path,
        help="what compare --out kept, or a study as JSON",
    )  # fmt: skip
    parser.add_argument(
        "--data", metavar="DATA",
        help="the study's table: a file, or sample:NAME; for a kept run, the file that the code "
        "shall read",
    )  # fmt: skip
    parser.add_argument(
        "--candidate", action="append", metavar="NAME",
        help="a candidate as the leaderboard names it; may be given several times; all by default",
    )  # fmt: skip
    parser.add_argument("--format", choices=list(ENDINGS.values()), help="by --out unless given")
    parser.add_argument("--out", type=Path, help="by default study.py, study.ipynb or study.zip")


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Write the code, and beside it the table that it reads where one had to be made."""
    from outfold.study.export.bundle import FORMATS

    kind = options.format
    if kind is None:
        ending = options.out.suffix if options.out else ".py"
        if ending not in ENDINGS:
            raise OutfoldError(
                f"{ending or 'No ending'} is no format.", "End --out in .py, .ipynb or .zip."
            )
        kind = ENDINGS[ending]
    out = options.out or Path("study" + FORMATS[kind])
    found = _export(options, scratch)
    table = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(found.content(kind))
        if kind != "zip" and found.original is None:
            table = out.parent / found.document.reading.file
            table.write_bytes(found.table())
    except OSError as error:
        raise OutfoldError(f"{out} cannot be written: {error.strerror}.") from None
    return {
        "file": str(out),
        "format": kind,
        "table": None if table is None else str(table),
        "reads": found.document.reading.file,
        "candidates": list(found.candidates),
        "skipped": list(found.document.skipped),
        "requirements": list(found.document.requirements),
    }


def _export(options: argparse.Namespace, scratch: Path) -> Any:
    from outfold.data.source import SAMPLE_PREFIX, open_data
    from outfold.study.export.bundle import export_run, export_study

    is_file = options.data and not options.data.startswith(SAMPLE_PREFIX)
    original = Path(options.data) if is_file else None
    if original is not None and not original.is_file():
        raise OutfoldError(f"There is no file {original}.", "Give the table's path.")
    if options.source.is_dir():
        try:
            name = json.loads((options.source / RUN_FILE).read_text())["run"]
        except (OSError, ValueError, KeyError):
            raise OutfoldError(
                f"{options.source} holds no run.", "Make one with compare DATA --out DIR."
            ) from None
        return export_run(Workspace(options.source), name, options.candidate, original)
    try:
        study = Study.from_json(options.source.read_text())
    except OSError as error:
        raise OutfoldError(f"The study file cannot be read: {error.strerror}.") from None
    if options.data is None:
        raise OutfoldError("A study needs its table.", "Give it by --data.")
    workspace = Workspace(scratch / "workspace")
    dataset = open_data(options.data, workspace.datasets)
    return export_study(workspace, study.replace(dataset=dataset.key), options.candidate, original)


def show(result: dict[str, Any]) -> None:
    """Say what was written."""
    print(f"Wrote {result['file']} with {len(result['candidates'])} candidate(s).")
    if result["table"]:
        print(f"Wrote the table that it reads, {result['table']}.")
    for line in result["skipped"]:
        print(f"Left out: {line}")
    print("Needs: pip install " + " ".join(result["requirements"]))


COMMAND = Command(
    "export", "Write a study or a candidate as code that needs no Outfold.", 90, arguments, run,
    show,
)  # fmt: skip
