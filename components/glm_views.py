"""The views of one generalised linear model: its terms, residuals, curves and steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import chart, glm_fits, glm_tables, shell, state, table
from components.glm_choice import GlmChoice
from components.text import count, number, plain
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.judge.glm_report import GlmReport
    from outfold.judge.step_selection import Criterion, Direction, StepPath

TABLES = {
    "sequential": "In order (type I)",
    "type2": "Type II",
    "type3": "Type III",
    "drop1": "Drop one",
    "add1": "Add one",
}
TESTED = (
    "A drop in deviance is judged by χ² where the family fixes the dispersion (binomial, Poisson, "
    "negative binomial) and by F, on the Pearson dispersion of the largest model, where it is "
    "estimated.\n\n"
    "- **In order (type I)**: each term beside those before it only, so the order matters.\n"
    "- **Type II**: each beside all others but the interactions that it is part of.\n"
    "- **Type III**: each beside all others, interactions too; a main effect is then the one at "
    "the other factors’ first levels.\n"
    "- **Drop one**: the model without each term in turn, with its AIC; terms within an "
    "interaction stay as long as it does.\n"
    "- **Add one**: the model with each further column in turn, with its AIC; each F has the "
    "dispersion of the model with that term.\n"
    "- **Nested models**: each model beside the next smaller one.\n\n"
    "Sources: McCullagh & Nelder 1989; Fox & Weisberg 2019 on types II and III."
)
CHOSEN_BY_STEPS = (
    "These terms were chosen by a stepwise search on the same rows, so p-values are too small, "
    "intervals too narrow and deviances too good. Judge the model on rows that it has not seen."
)


def terms(study: Study, choice: GlmChoice, found: GlmReport) -> None:
    """What each term takes off, as a waterfall and as the table that is asked for."""
    from outfold.draw.deviance_waterfall import deviance_waterfall

    if found.terms and found.dropped:
        chart.chart(deviance_waterfall(found.terms), "deviance-waterfall")
        kinds = list(TABLES)
    else:
        st.info("The formula has no term to test.", icon=":material/info:")
        kinds = ["add1"]
    kind = st.segmented_control(
        "Table", kinds, default=kinds[0], format_func=TABLES.__getitem__, required=True,
        key=f"glm-table-{len(kinds)}", persist_state="session",
    )  # fmt: skip
    known = {"sequential": found.terms, "drop1": found.dropped}
    with shell.boundary():
        shown = known.get(kind) or glm_fits.analysis(study, choice, kind)
        glm_tables.deviance_table(shown, f"deviance-{kind}", TABLES[kind])
        for note in shown.notes:
            st.caption(plain(note, 600))
    shell.why(TESTED, "How are terms tested?")


def coefficients(study: Study, found: GlmReport) -> None:
    """The summary, drawn and as a table."""
    from outfold.draw.coefficients import coefficients as picture

    wider = found.too_small if found.errors == "model" else 1.0
    chart.chart(picture(found.coefficients, found.link, wider), "glm-coefficients")
    glm_tables.coefficient_table(found)
    group = study.column_with("group")
    if group is not None and found.errors != "cluster":
        st.info(
            f"Rows belong together by {plain(group)}. Standard errors by group allow for that; "
            "choose them above, under “Offset, exposure, weights and models to compare”.",
            icon=":material/info:",
        )


def nested(study: Study, choice: GlmChoice) -> None:
    """Models contained in one another, and whether the largest is worth its terms."""
    if not choice.against:
        st.info(
            "Name nested models above, under “Offset, exposure, weights and models to compare”, "
            "to see whether the larger one is worth its terms.",
            icon=":material/info:",
        )
        return
    with shell.boundary():
        compared = glm_fits.nested(study, choice)
        last = compared.rows[-1]
        if last.p_value == last.p_value:
            worth = (
                "takes off more deviance than chance would"
                if last.p_value < 0.05
                else ("takes off no more deviance than chance may")
            )
            st.markdown(
                f"**The largest model {worth}**: {number(last.delta, 4)} with "
                f"{count(int(last.df), 'coefficient')} more than the one before "
                f"(p {'< 0.001' if last.p_value < 0.001 else f'= {last.p_value:.2g}'})."
            )
        glm_tables.deviance_table(compared, "deviance-nested", "Nested models")
        for note in compared.notes:
            st.caption(plain(note, 600))
    shell.why(TESTED, "How are models compared?")


def residuals(study: Study, choice: GlmChoice, found: GlmReport) -> None:
    """Where the model goes wrong, row by row."""
    from outfold.draw import rootogram
    from outfold.draw.half_normal import half_normal
    from outfold.draw.leverage_cook import leverage_cook
    from outfold.draw.residual_fitted import RESIDUALS, residual_fitted
    from outfold.draw.residual_quantile import residual_quantile

    chart.chart(residual_quantile(found.points), "residual-quantile")
    kind = st.segmented_control(
        "Residuals along the linear predictor", list(RESIDUALS), default="pearson",
        format_func=RESIDUALS.__getitem__, required=True, key="glm-residual",
        persist_state="session",
    )  # fmt: skip
    chart.chart(residual_fitted(found.points, found.link, kind), "residual-fitted")
    chart.chart(leverage_cook(found.points), "leverage-cook")
    with shell.boundary():
        chart.chart(half_normal(glm_fits.shapes(study, choice)[0]), "half-normal")
    if found.frequencies is not None:
        chart.chart(rootogram.draw(found.frequencies), "glm-rootogram")
    glm_tables.dispersion(found)
    for note in found.points.notes:
        st.caption(plain(note, 300))


def curves(study: Study, choice: GlmChoice, found: GlmReport) -> None:
    """The partial residuals of one term."""
    from outfold.draw.partial_residuals import partial_residuals
    from outfold.judge.expression import unquoted

    _, parts = glm_fits.shapes(study, choice)
    by_term = {p.term: p for p in parts}
    if not by_term:
        st.info("No term stands on a single column.", icon=":material/info:")
        return
    term = st.selectbox(
        "Term", list(by_term), format_func=unquoted, key=f"glm-partial-{choice.place}"
    )
    chart.chart(partial_residuals(by_term[term], found.link), "partial-residuals")


def steps(study: Study, choice: GlmChoice) -> None:
    """A stepwise search, with the deviance at every step."""
    from outfold.draw.step_waterfall import step_waterfall

    left, right = st.columns(2)
    with left:
        direction: Direction = st.segmented_control(
            "Direction", ["backward", "forward", "both"], default="backward", required=True,
            format_func=str.capitalize, key="glm-direction", persist_state="session",
        )  # fmt: skip
    with right:
        criterion: Criterion | None = st.segmented_control(
            "Change one term at a time as long as this falls", ["aic", "bic"],
            format_func=str.upper, key="glm-criterion",
        )  # fmt: skip
    if not criterion:
        st.caption("Choose a criterion to begin.")
        return
    with shell.boundary():
        path = glm_fits.stepwise(study, choice, criterion, direction)
        chart.chart(step_waterfall(path), "step-waterfall")
        if len(path.steps) > 1:
            st.warning(CHOSEN_BY_STEPS, icon=":material/warning:")
        else:
            st.caption(f"No step from {plain(path.steps[0].formula, 300)} lowers it.")
        frame = path.frame().rename(
            columns={
                "action": "Step", "df": "df", "deviance_change": "Deviance moved",
                "df_residual": "Residual df", "deviance": "Residual deviance",
                "criterion": criterion.upper(), "formula": "Formula",
            }
        )  # fmt: skip
        table.table(frame, "step-path", columns=glm_tables.formats(), alt="One row per step")
        if str(path.steps[-1].formula) != choice.formula:
            st.button(
                "Take the chosen formula", key="glm-take-steps", icon=":material/check:",
                on_click=state.attempt, args=(_take, choice.place, path),
            )  # fmt: skip


def _take(place: str, path: StepPath) -> None:
    text = path.steps[-1].formula
    session = state.current()
    session.formulas[place] = (text, text)
    if len(path.steps) > 1:
        session.stepped.add(text)


def warn_of_steps(choice: GlmChoice) -> None:
    """Say that the terms were chosen by looking at the same rows, where they were."""
    if choice.formula in state.current().stepped:
        st.warning(CHOSEN_BY_STEPS, icon=":material/warning:")
