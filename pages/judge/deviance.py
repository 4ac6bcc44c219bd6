"""How well does it fit?

A generalised linear model of your own making, what each of its terms takes off the deviance, and
where it goes wrong. Below, the deviance of every candidate of the run, out of fold.
"""

import streamlit as st

from components import chart, glm, judging, navigation, shell, state, table
from components.text import plain
from outfold.draw.candidate_deviance import candidate_deviance
from outfold.draw.coefficients import coefficients
from outfold.draw.deviance_waterfall import deviance_waterfall
from outfold.draw.leverage_cook import leverage_cook
from outfold.draw.residual_fitted import residual_fitted
from outfold.draw.residual_quantile import residual_quantile
from outfold.draw.step_waterfall import step_waterfall

TITLE = "Deviance"
ICON = ":material/stairs:"
ORDER = 20

study = shell.need_study()
run = state.current().run

with shell.boundary():
    choice = glm.builder(study)
    found = glm.report(study, choice)
    glm.figures(found)

    terms, coefs, compared, residuals, steps = st.tabs(
        ["Terms", "Coefficients", "Nested models", "Residuals", "Stepwise"],
        key="deviance",
        bind="query-params",
    )
    if terms.open:
        with terms:
            if found.terms and found.dropped:
                chart.chart(deviance_waterfall(found.terms), "deviance-waterfall")
                glm.deviance_table(found.terms, "deviance-terms", "Terms in order")
                st.markdown("## Each term dropped from the whole model")
                glm.deviance_table(found.dropped, "deviance-dropped", "Dropped terms")
                shell.why(glm.TESTED, "How are terms tested?")
            else:
                st.info("The formula has no term to test.", icon=":material/info:")
    if coefs.open:
        with coefs:
            chart.chart(coefficients(found.coefficients, found.link), "glm-coefficients")
            glm.coefficient_table(found)
    if compared.open:
        with compared:
            if found.compared:
                glm.deviance_table(found.compared, "deviance-nested", "Nested models")
                for note in found.compared.notes:
                    st.caption(plain(note, 300))
            else:
                st.info(
                    "Name nested models above, under “Offset, exposure, weights and models to "
                    "compare”, to see whether the larger one is worth its terms.",
                    icon=":material/info:",
                )
    if residuals.open:
        with residuals:
            chart.chart(residual_quantile(found.points), "residual-quantile")
            chart.chart(residual_fitted(found.points, found.link), "residual-fitted")
            chart.chart(leverage_cook(found.points), "leverage-cook")
            for note in found.points.notes:
                st.caption(plain(note, 300))
    if steps.open:
        with steps:
            criterion = st.segmented_control(
                "Drop terms one at a time as long as this falls",
                ["aic", "bic"],
                format_func=str.upper,
                key="glm-criterion",
            )
            if criterion:
                path = glm.stepwise(study, choice, criterion)
                chart.chart(step_waterfall(path), "step-waterfall")
                table.table(path.frame(), "step-path", alt="One row per step")

st.markdown("## Every candidate out of fold")
if run is None:
    st.caption("Nothing has been compared yet.")
    navigation.link("train", "Choose what to compare and run it")
else:
    with shell.boundary():
        scale = glm.candidates(run)
        if scale:
            names = judging.names_of(run)
            chart.chart(candidate_deviance(scale, names), "candidate-deviance")
            glm.candidate_table(scale, names)
        else:
            st.caption("No candidate is finished yet.")
