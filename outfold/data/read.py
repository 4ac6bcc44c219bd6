"""Reading a table: the one call that the pages, the command line and the tests use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from outfold.data.frames import load
from outfold.data.isolate import read_apart
from outfold.data.options import Limits

DEFAULT_LIMITS = Limits()


def read_table(
    path: str | Path, *, limits: Limits = DEFAULT_LIMITS, **options: Any
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The table in a file, typed, and the notes that the person is shown.

    What the file is, is found out from its content; it is read in a process of its own.

    Args:
        path: CSV, TSV, Excel, OpenDocument, Parquet, Feather, JSON or JSON lines; also packed with
            gzip, zip, bzip2 or xz.
        limits: The memory and time that reading may use.
        **options: What is not to be found out: see ``outfold.data.options.ReadOptions``.

    Returns:
        The DataFrame in the form that ``outfold.data.frames`` describes, and sentences on what was
        detected, changed, or is doubtful.

    Raises:
        ReadError: It cannot be read; the text says what is wrong, where, and what would be right.
        UnknownNameError: No such option.
    """
    with read_apart(Path(path), options, limits=limits) as stored:
        return load(stored.path, stored.schema), stored.notes
