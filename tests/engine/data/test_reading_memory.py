"""Reading never holds the table: the process that reads stays small, however long the file is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from outfold.data.isolate import read_apart

MEGABYTE = 1_000_000


def test_a_file_twice_as_long_takes_no_more_memory_to_read(tmp_path: Path) -> None:
    """Peak memory of the reading process is that of the pieces, not of the table."""
    rng = np.random.default_rng(0)
    part = pd.DataFrame({f"x{i}": rng.normal(size=20_000).round(6) for i in range(10)})
    head, body = part.to_csv(index=False).split("\n", 1)
    peaks = {}
    for times in (20, 50):
        path = tmp_path / f"{times}.csv"
        with path.open("w") as stream:
            stream.write(head + "\n")
            for _ in range(times):
                stream.write(body)
        for _ in range(2):  # on a busy machine pieces queue up now and then
            with read_apart(path, {}) as stored:
                peaks[times] = min(stored.peak, peaks.get(times, stored.peak))
                assert stored.n_rows == 20_000 * times
                assert stored.bytes_in_memory == 80 * 20_000 * times
    # The longer table is 48 MB larger in memory and its text 56 MB longer.
    assert peaks[50] - peaks[20] < 35 * MEGABYTE
