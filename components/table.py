"""A table on a page, which can be downloaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd

LAZY_ROWS = 20_000
"""From this many rows on, the browser fetches the rows that are looked at."""


def table(
    frame: pd.DataFrame,
    key: str,
    *,
    columns: Mapping[str, Any] | None = None,
    alt: str = "",
    height: int | Literal["auto", "content", "stretch"] = "auto",
    select: Literal["single-row", "multi-row"] | None = None,
    download: bool = True,
    texts: Mapping[str, Callable[[float], str]] | None = None,
    absent: str = "",
) -> list[int]:
    """Draw a table with a button that downloads it as CSV.

    Args:
        frame: What is shown.
        key: Unique on the page; also the name of the downloaded file.
        columns: How columns are shown, as for ``st.dataframe``.
        alt: What the table holds, in words.
        height: Pixels, or how to find them.
        select: Whether rows can be chosen.
        download: Whether the button is drawn.
        texts: For columns of numbers that a format cannot say, how each reads; sorting and the
            file keep the numbers.
        absent: What stands where there is no value.

    Returns:
        The positions of the chosen rows.
    """
    chosen: list[int] = []
    options: dict[str, Any] = {}
    if select:
        options = {"on_select": "rerun", "selection_mode": select}
    said: dict[Any, Any] = {name: say for name, say in (texts or {}).items() if name in frame}
    shown = st.dataframe(
        frame.style.format(said) if said else frame,
        key=key,
        hide_index=True,
        width="stretch",
        height=height,
        column_config={**_whole_days(frame), **(columns or {})},
        alt=alt or None,
        placeholder=absent,
        lazy=True if len(frame) > LAZY_ROWS else None,
        **options,
    )
    if select:
        chosen = list(shown.selection.rows)
    if download:
        download_table(frame, key)
    return chosen


def _whole_days(frame: pd.DataFrame) -> dict[str, Any]:
    """Columns of dates, without a midnight behind each."""
    times = frame.select_dtypes("datetime").columns
    days = [n for n in times if (frame[n].dropna() == frame[n].dropna().dt.normalize()).all()]
    return {str(name): st.column_config.DateColumn(format="YYYY-MM-DD") for name in days}


def download_table(
    frame: pd.DataFrame | Callable[[], pd.DataFrame], key: str, label: str = "Download as CSV"
) -> None:
    """A button that makes the file, and where need be the table, when it is pressed."""

    def made() -> bytes:
        whole = frame() if callable(frame) else frame
        return whole.to_csv(index=False).encode("utf-8-sig")

    st.download_button(
        label,
        data=made,
        file_name=f"outfold-{key}.csv",
        mime="text/csv",
        key=f"{key}-download",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
