"""How well does it fit?

A generalised linear model of your own making, what each of its terms takes off the deviance, and
where it goes wrong. Below, the deviance of every candidate of the run, in training and out of fold.
"""

import streamlit as st

from components import (
    candidate_deviances,
    glm_builder,
    glm_fits,
    glm_tables,
    glm_views,
    navigation,
    shell,
    state,
)

TITLE = "Deviance"
ICON = ":material/stairs:"
ORDER = 20

study = shell.need_study()
run = state.current().run

with shell.boundary():
    choice = glm_builder.builder(study)
    found = glm_fits.report(study, choice)
    glm_tables.figures(found)
    glm_views.warn_of_steps(choice)

    terms, coefs, compared, residuals, curves, steps = st.tabs(
        ["Terms", "Coefficients", "Nested models", "Residuals", "Partial residuals", "Stepwise"],
        key="deviance",
        bind="query-params",
    )
    if terms.open:
        with terms:
            glm_views.terms(study, choice, found)
    if coefs.open:
        with coefs:
            glm_views.coefficients(study, found)
    if compared.open:
        with compared:
            glm_views.nested(study, choice)
    if residuals.open:
        with residuals:
            glm_views.residuals(study, choice, found)
    if curves.open:
        with curves:
            glm_views.curves(study, choice, found)
    if steps.open:
        with steps:
            glm_views.steps(study, choice)

st.markdown("## Every candidate on one scale")
if run is None:
    st.caption("Nothing has been compared yet.")
    navigation.link("train", "Choose what to compare and run it")
else:
    with shell.boundary():
        shell.other_question(study, run)
        candidate_deviances.on_one_scale(run)
