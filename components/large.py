"""Tables larger than a share of memory: what a page says of its sample, and drawing another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, intents, state
from components.table import table
from components.text import count, plain, size
from outfold.errors import OutfoldError

if TYPE_CHECKING:
    import pandas as pd

    from outfold.data.dataset import Dataset
    from outfold.explore.associations import Associations
    from outfold.study.study import Study

FOLDER = "files"
"""Inside the workspace: large files that are put there are offered to be opened."""
NOBODY = "(drawn by chance)"
SIZES = (50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000)


def sample_note(dataset: str | None) -> None:
    """One sentence on every page of a table that is shown as a sample."""
    if dataset is None:
        return
    if said := cache.dataset(dataset).sample_sentence:
        st.info(plain(said, 300), icon=":material/filter_list:")


def with_all_rows(found: Associations, study: Study) -> Associations:
    """The associations, Pearson's r on all rows where the study has no fix that changes rows."""
    dataset = cache.dataset(study.dataset)
    if dataset.whole is None or study.fixes:
        return found
    from outfold.explore.whole_table import with_all_rows

    path = cache.workspace().datasets.whole(dataset.key)
    return with_all_rows(found, path, dataset.n_rows, [name for name, _ in study.types])


def whole_table(dataset: Dataset) -> None:
    """The figures of all rows, and a form that draws another sample."""
    whole = dataset.whole
    if whole is None:
        return
    left, right = st.columns(2)
    with left, st.expander("All rows", icon=":material/database:"):
        st.caption(
            f"{count(whole.n_rows, 'row')} in a file of {size(whole.n_bytes)}, about "
            f"{size(whole.decoded)} in memory. These figures are of all rows."
        )
        rows = cache.remember("whole figures", dataset.key, compute=lambda: _rows(dataset))
        table(
            rows,
            "whole-table",
            columns={
                "Missing": st.column_config.ProgressColumn(
                    min_value=0.0, max_value=1.0, format="percent"
                ),
                "Distribution": st.column_config.BarChartColumn(y_min=0),
            },
            alt="Every column of the whole table",
        )
        from outfold.data.large.described import exactness

        for sentence in exactness(dataset.n_rows)[1:]:
            st.caption(sentence)
    with right, st.expander("Draw another sample", icon=":material/casino:"):
        _another(dataset)


def _rows(dataset: Dataset) -> pd.DataFrame:
    """One row per column, as the figures of all rows say."""
    import pandas as pd

    assert dataset.whole is not None
    figures = cache.workspace().datasets.figures(dataset.key)
    n = dataset.whole.n_rows
    return pd.DataFrame(
        {
            "Column": list(figures),
            "Missing": [f["missing"] / n for f in figures.values()],
            "Distinct": [_distinct(f) for f in figures.values()],
            "Distribution": [(f["histogram"] or {}).get("counts", []) for f in figures.values()],
            "In short": [_in_short(f["summary"]) for f in figures.values()],
        }
    )


def _distinct(found: dict[str, Any]) -> str:
    error = found["unique_error"]
    return f"{found['unique']:,}" if not error else f"about {found['unique']:,} (±{error:.1%})"


def _in_short(told: dict[str, Any]) -> str:
    if "top" in told:
        return ", ".join(f"{entry['level']} ({entry['rows']:,})" for entry in told["top"][:3])
    if "first" in told:
        return f"{told['first']} to {told['last']}" if told["first"] else ""
    if told.get("min") is None:
        return ""
    low, q1, middle, q3, high = (told[k] for k in ("min", "q1", "median", "q3", "max"))
    return (
        f"{low:.4g} to {high:.4g}, mean {told['mean']:.4g}, sd {told['sd'] or 0:.4g}, "
        f"quartiles {q1:.4g}, {middle:.4g}, {q3:.4g}"
    )


def _another(dataset: Dataset) -> None:
    whole = dataset.whole
    assert whole is not None
    classes = [c.name for c in dataset.schema.columns if 2 <= c.unique <= 50]
    sizes = [n for n in SIZES if n < whole.n_rows]
    offered = sorted({*sizes, dataset.n_rows})
    with st.form(f"another-{dataset.key}", border=False):
        rows = st.selectbox(
            "Rows", offered, index=offered.index(dataset.n_rows), format_func="{:,}".format
        )
        by = st.selectbox(
            "Values that keep their proportions",
            [NOBODY, *classes],
            index=1 + classes.index(whole.stratified) if whole.stratified in classes else 0,
        )
        if st.form_submit_button("Draw", icon=":material/casino:"):
            _draw(dataset, rows, "" if by == NOBODY else by)
    st.caption(
        "Rows are drawn by a hash of their cells: the same file gives the same sample on every "
        "machine, and a smaller sample lies within a larger one."
    )


def _draw(dataset: Dataset, rows: int, by: str) -> None:
    """Draw another sample and go on with what was chosen."""
    try:
        with st.status("Going through the file"):
            found = cache.workspace().datasets.draw_again(dataset.key, rows, by)
            intents.reopen(found.key)
    except OutfoldError as error:
        state.current().message = state.Message("problem", error.message, error.hint)
    st.rerun()


def waiting_files() -> list[Path]:
    """The files that lie in the workspace's folder for large files."""
    folder = cache.workspace().root / FOLDER
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))


def from_folder() -> None:
    """Offer the files that somebody put on the server, which may be larger than an upload."""
    files = waiting_files()
    if not files:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "A file on this server",
            files,
            format_func=lambda p: f"{p.name} ({size(p.stat().st_size)})",
            key="server-file",
        )
        asked = st.button("Open the file", key="open-server-file", icon=":material/folder_open:")
        if asked and chosen:
            _open(chosen)


def _open(path: Path) -> None:
    try:
        with st.status(f"Reading {plain(path.name, 60)}"):
            found = cache.workspace().datasets.add_file(path, by_reference=True)
            intents.open_dataset(found.key)
    except OutfoldError as error:
        state.current().message = state.Message("problem", error.message, error.hint)
    else:
        state.go("data")
    st.rerun()
