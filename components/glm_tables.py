"""A generalised linear model in figures and tables, with headings for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import shell, table
from components.text import number, plain
from outfold.judge.printed_p import printed_p

if TYPE_CHECKING:
    from outfold.judge.analysis_of_deviance import AnalysisOfDeviance
    from outfold.judge.glm_report import GlmReport

ERRORS_EXPLAINED = (
    "By the family: the variance is what the family says, times the dispersion. Robust (sandwich; "
    "Huber 1967, White 1980): from the residuals themselves, right for independent rows even where "
    "the family's variance is wrong; HC0 plain, HC1 times n / (n − coefficients), HC2 and HC3 "
    "corrected by leverage (MacKinnon & White 1985). By group: residuals of a group are added up "
    "first, so only groups need be independent (Liang & Zeger 1986), times G / (G − 1) for G "
    "groups, and judged by t with G − 1 degrees of freedom; statsmodels also multiplies by "
    "(n − 1) / (n − coefficients)."
)

KNOWN = 20.0
"""Size of a coefficient up to which it is raised to a ratio; e to the 20th is half a billion."""

P = {"p": printed_p}
UNDEFINED = "It is undefined here."


def figures(found: GlmReport) -> None:
    """The model's figures as a row of cards."""
    named = found.figures
    with st.container(horizontal=True):
        for label, key, explain in (
            ("Null deviance", "null_deviance", "Of a model with the intercept alone."),
            ("Residual deviance", "residual_deviance", "What the terms leave."),
            ("D²", "d2", "Share of the null deviance that the terms take off."),
            (
                "D² adjusted",
                "d2_adjusted",
                "The same with each deviance over its degrees of "
                "freedom, so that a term that does nothing does not raise it.",
            ),
            ("AIC", "aic", "Lower is better among models of the same rows."),
            ("BIC", "bic", "As AIC, dearer per parameter."),
            (
                "Dispersion",
                "pearson_dispersion",
                "Pearson χ² over the residual degrees of "
                "freedom. Where the family fixes it at 1, far above 1 means too much scatter.",
            ),
        ):
            digits = 3 if key in ("d2", "d2_adjusted", "pearson_dispersion") else 6
            value = named[key]
            shown = f"{value:,.0f}" if abs(value) >= 1e5 else number(value, digits)
            if value != value:
                why = found.without_likelihood if key in ("aic", "bic") else UNDEFINED
                shown, explain = "none", f"{explain} {plain(why or UNDEFINED, 300)}"
            st.metric(label, shown, help=explain, border=True)
    st.caption(
        f"{found.n:,} rows, {named['df_null']:.0f} and {named['df_residual']:.0f} degrees of "
        f"freedom, all in sample: every row was fitted on."
    )
    for aside in found.asides:
        st.caption(plain(aside, 400))
    if found.notes:
        lines = [plain(note, 400) for note in found.notes]
        listed = "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0]
        st.warning(listed, icon=":material/warning:")


def formats() -> dict[str, Any]:
    """How the columns of deviance and coefficient tables are shown."""
    named = {"F": "%.4g", "χ²": "%.6g", "AIC": "%.2f", "df": "%d"}
    named |= dict.fromkeys(
        ("Estimate", "Standard error", "z", "t", "95 % from", "95 % to", "Ratio", "Odds ratio"),
        "%.4g",
    )
    named |= {
        "BIC": "%.2f",
        "Deviance moved": "%.3f",
        "Residual df": "%d",
        "Deviance taken off": "%.3f",
        "Residual deviance": "%.3f",
    }
    return {name: st.column_config.NumberColumn(format=form) for name, form in named.items()}


def deviance_table(analysis: AnalysisOfDeviance, key: str, alt: str) -> None:
    """A deviance table with headings for people."""
    from outfold.judge.expression import unquoted

    statistic = {"f": "F", "chisq": "χ²", "rao": "Rao"}.get(analysis.test, "Statistic")
    names = {
        "label": "Model" if analysis.kind == "nested" else "Term",
        "df": "df",
        "delta": "Deviance taken off",
        "df_residual": "Residual df",
        "deviance": "Residual deviance",
        "statistic": statistic,
        "p_value": "p",
        "aic": "AIC",
    }
    frame = analysis.frame()[list(names)].rename(columns=names)
    if analysis.kind != "nested":
        frame["Term"] = [unquoted(t) for t in frame["Term"]]
    if analysis.kind in ("type2", "type3"):
        frame = frame.drop(columns=["Residual df", "Residual deviance"])
    if analysis.kind not in ("drop1", "add1"):
        frame = frame.drop(columns="AIC")
    table.table(frame, key, columns=formats(), alt=alt, texts=P)


def coefficient_table(found: GlmReport) -> None:
    """The coefficients with headings for people."""
    import pandas as pd

    from outfold.judge.expression import unquoted
    from outfold.judge.robust_errors import ERRORS

    kind = found.coefficients[0].kind if found.coefficients else "z"
    frame = pd.DataFrame(
        [
            {
                "Term": unquoted(c.term),
                "Estimate": c.estimate,
                "Ratio": math.exp(c.estimate) if abs(c.estimate) < KNOWN else None,
                "Standard error": c.std_error,
                kind: c.statistic,
                "p": c.p_value,
                "95 % from": c.low,
                "95 % to": c.high,
                "Set aside": c.aliased,
            }
            for c in found.coefficients
        ]
    )
    if not frame["Set aside"].any():
        frame = frame.drop(columns="Set aside")
    ratio = {"log": "Ratio", "logit": "Odds ratio"}.get(found.link)
    frame = frame.rename(columns={"Ratio": ratio}) if ratio else frame.drop(columns="Ratio")
    table.table(frame, "glm-coefficients-table", columns=formats(), alt="Coefficients", texts=P)
    name = ERRORS[found.errors]
    said = f"Standard errors: {name[0].lower()}{name[1:]}; intervals: Wald, 95 %."
    if ratio:
        said += f" {ratio}: by what one more of the term multiplies the "
        said += "odds." if found.link == "logit" else "mean."
    if found.errors != "model":
        said += " Tests of terms by deviance still trust the family's variance."
    st.caption(said)
    shell.why(ERRORS_EXPLAINED, "Which standard errors?")


def dispersion(found: GlmReport) -> None:
    """Tests of more scatter than the family allows, where there are any."""
    import pandas as pd

    if not found.dispersion_tests:
        return
    st.markdown("## Does the response scatter too much?")
    for sentence in dict.fromkeys(t.sentence for t in found.dispersion_tests):
        st.markdown(sentence)
    rows = [(t.name, t.estimate, t.statistic, t.p_value) for t in found.dispersion_tests]
    table.table(
        pd.DataFrame(rows, columns=["Test", "Estimate", "Statistic", "p"]), "glm-dispersion",
        columns=formats(), alt="Tests of over-dispersion", texts=P,
    )  # fmt: skip
