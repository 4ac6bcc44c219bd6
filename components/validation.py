"""How rows are held out: the schemes, which suits this table and why, and a picture of the folds.

Everything comes from what the schemes declare; what would leak is greyed with the reason.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, chart, shell, state
from components.text import plain
from outfold.registry import Param
from outfold.study.study import Study, Validation
from outfold.validate.catalogue import offered, schemes
from outfold.validate.scheme import Refusal, Scheme

if TYPE_CHECKING:
    from outfold.study.table import StudyTable


DRAWN_AT_ONCE = 20_000
"""Rows up to which the picture of the folds is ready before anyone asks for it."""


def validation(study: Study, table: StudyTable) -> None:
    """Choose how rows are held out."""
    now = study.validation
    every = offered(table.groups is not None, table.order is not None, study.task)
    serving = [scheme.key for scheme, refused in every if not refused]
    _advice(study, table)
    cells = st.columns(3)
    with cells[0]:
        st.selectbox(
            "How rows are held out",
            serving if now.scheme in serving else [now.scheme, *serving],
            format_func=lambda key: schemes()[key].label,
            help="Schemes that keep groups together or respect time appear when a column has "
            "that role.",
            **state.bound(
                "scheme",
                now.scheme,
                lambda key: _with(study, dataclasses.replace(now, scheme=key)),
            ),
        )
    for place, field in enumerate(now.declared.fields, 1):
        with cells[place % 3]:
            _control(study, field)
    _about(now.declared, dict(every))
    picture = st.expander(
        "How the folds lie", icon=":material/view_timeline:", key="folds-open", on_change="rerun"
    )
    with picture, shell.boundary():
        if picture.open or table.n_rows <= DRAWN_AT_ONCE:
            chart.chart(cache.folds(study), "fold-picture")
    _refused([(scheme, refused) for scheme, refused in every if refused])


def _with(study: Study, validation: Validation) -> Study:
    return study.replace(validation=validation)


def _advice(study: Study, table: StudyTable) -> None:
    """What suits the table, with a button that takes it where the study says otherwise."""
    from outfold.study.validation_advice import advise

    advice = advise(table, study.task)
    asked = advice.validation
    # A gap or a window is not for a table to propose; it stays as it is.
    counts = [f.key for f in asked.declared.fields if f.key in ("folds", "repeats")]
    values: dict[str, Any] = {key: getattr(asked, key) for key in counts}
    fitting = dataclasses.replace(study.validation, scheme=asked.scheme, **values)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"**Suits this table: {asked.declared.label}.** {plain(advice.why, 400)}")
        if fitting != study.validation:
            st.button(
                "Take what suits",
                key="take-validation",
                type="tertiary",
                icon=":material/auto_fix_high:",
                on_click=state.attempt,
                args=(state.commit, _with(study, fitting)),
            )


def _about(scheme: Scheme, every: dict[Scheme, Refusal | None]) -> None:
    """What the chosen scheme does, when it suits, and what to know about its figures."""
    st.caption(f"{scheme.summary} {scheme.suits}")
    refused = every.get(scheme)
    if refused:
        shell.problem(refused.message, refused.hint)
    if scheme.apparent:
        st.info(
            "Every other scheme shows only what was measured out of fold. This one corrects that "
            "figure by the error on the rows trained on, because a draw misses about a third of "
            "them; the leaderboard says so beside each figure.",
            icon=":material/info:",
        )


def _control(study: Study, field: Param) -> None:
    """One setting of the scheme."""
    now, about = study.validation, field.help
    if field.source:
        about = f"{about} ({field.source})"
    about = f"{about} {field.wanted().capitalize()}.".strip()

    def change(value: Any) -> Study:
        changed: dict[str, Any] = {field.key: field.check(value)}
        return _with(study, dataclasses.replace(now, **changed))

    bound = state.bound(field.key, getattr(now, field.key), change)
    low, high = field.low or 0, field.high
    # A number has no limits here: the browser would put one outside back without a word.
    if field.kind == "float" and high is not None and high <= 1:
        st.slider(field.label, float(low), float(high), step=0.05, help=about, **bound)
    elif field.kind == "float":
        st.number_input(field.label, step=1.0, format="%g", help=about, **bound)
    else:
        st.number_input(
            field.label,
            value=None,
            step=1,
            placeholder=field.none_label or None,
            required=not field.none_label,
            help=about,
            **bound,
        )


def _refused(schemes: list[tuple[Scheme, Refusal | None]]) -> None:
    """The schemes that would leak or lack something, greyed, each with the reason."""
    if not schemes:
        return
    with st.expander(f"{len(schemes)} more that would leak or do not apply to this table"):
        for scheme, refused in schemes:
            assert refused is not None
            st.checkbox(scheme.label, value=False, disabled=True, key=f"scheme-{scheme.key}-greyed")
            st.caption(plain(f"{refused.message} {refused.hint}", 300))
