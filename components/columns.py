"""The table of columns: how each was read, with its type and role to be changed in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, state
from components.text import short
from outfold.data.schema import COLUMN_TYPES, ROLES
from outfold.errors import OutfoldError, StudyError
from outfold.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from outfold.data.profile import ColumnProfile

HELP = {
    "Type": "How the column's values are taken. Changing it reads them anew.",
    "Role": "feature: models may use it. id, ignore: kept, not used. group: its rows stay on one "
    "side of a split. time: their order. weight, exposure: how much a row counts.",
}


def columns_editor(study: Study) -> None:
    """Show every column; a changed type or role makes a changed study."""
    session = state.current()
    base = session.base or study
    rows = cache.columns(base)
    key = f"columns-{session.epoch}"

    def changed() -> None:
        state.attempt(_take, key, base, rows)

    st.data_editor(
        rows,
        key=key,
        on_change=changed,
        hide_index=True,
        width="stretch",
        height=min(36 * (len(rows) + 1) + 4, 560),
        disabled=[c for c in rows.columns if c not in HELP],
        column_config={
            "Column": st.column_config.TextColumn(pinned=True),
            "Type": st.column_config.SelectboxColumn(
                options=list(COLUMN_TYPES), required=True, help=HELP["Type"]
            ),
            "Role": st.column_config.SelectboxColumn(
                options=list(ROLES), required=True, help=HELP["Role"]
            ),
            "Missing": st.column_config.ProgressColumn(
                min_value=0.0, max_value=1.0, format="percent", help="Share of missing cells"
            ),
            "Distinct": st.column_config.NumberColumn(format="localized"),
            "Distribution": st.column_config.BarChartColumn(
                y_min=0, help="Numbers and dates from least to greatest; levels by frequency"
            ),
        },
        alt="Every column with its type, role, missing share and distribution",
    )


def _take(key: str, base: Study, rows: pd.DataFrame) -> None:
    """Make the study that the edited cells ask for."""
    current = state.current().study
    assert current is not None
    try:
        study = with_edits(current, base, rows, state.edited(key))
        cache.typed(study)
    except OutfoldError:
        state.current().epoch += 1
        raise
    state.commit(study, redraw=study.target != current.target)


def with_edits(
    current: Study, base: Study, rows: pd.DataFrame, edits: dict[int, dict[str, str]]
) -> Study:
    """A study with the types and roles that a person set.

    Args:
        current: The study as it is.
        base: The study that the editor was drawn from.
        rows: What the editor shows.
        edits: The changed cells since it was drawn, by row and column.

    Raises:
        StudyError: Two columns have a role that one can have.
    """
    from outfold.study.split import proposed_scheme

    types, roles, target = dict(base.types), dict(base.roles), base.target
    read = {c.name: c.type for c in cache.dataset(base.dataset).schema.columns}
    for row, cells in edits.items():
        name = str(rows["Column"].iloc[row])
        if "Type" in cells:
            if read.get(name) == cells["Type"]:
                types.pop(name, None)
            else:
                types[name] = cells["Type"]  # type: ignore[assignment]
        if cells.get("Role") == "target":
            target = name
        elif "Role" in cells:
            if name == base.target:
                raise StudyError(
                    f"{name!r} is the target.", "Make another column the target instead."
                )
            roles[name] = cells["Role"]  # type: ignore[assignment]
    roles.pop(target, None)
    study = current.replace(types=types, roles=roles)
    if target != base.target:
        from components.pickers import retarget

        return retarget(study, target)
    grouped = study.column_with("group") is not None
    ordered = study.column_with("time") is not None
    return study.replace(validation=proposed_scheme(study.validation, grouped, ordered, study.task))


def frame_of(profiles: Sequence[ColumnProfile]) -> pd.DataFrame:
    """One row per column, as the editor shows it."""
    import pandas as pd

    return pd.DataFrame(
        {
            "Column": [p.name for p in profiles],
            "Type": [p.type for p in profiles],
            "Role": [p.role for p in profiles],
            "Missing": [p.missing_share for p in profiles],
            "Distinct": [p.unique for p in profiles],
            "Distribution": [list(p.histogram.counts) if p.histogram else [] for p in profiles],
            "In short": [in_short(p) for p in profiles],
        }
    )


def in_short(profile: ColumnProfile) -> str:
    """A column's values in a few words."""
    told = profile.summary
    if profile.type == "numeric":
        low, middle, high = (short(told[name]) for name in ("min", "median", "max"))
        return f"{low} to {high}, median {middle}"
    if profile.type == "datetime":
        if not told["first"]:
            return ""
        ends = [str(told[name]).replace("T", " ") for name in ("first", "last")]
        if all(end.endswith(" 00:00:00") for end in ends):  # days, not moments
            ends = [end.removesuffix(" 00:00:00") for end in ends]
        return " to ".join(ends)
    if "top" in told:
        return ", ".join(f"{entry['level']} ({entry['rows']:,})" for entry in told["top"][:3])
    return ", ".join(told.get("examples", ()))
