"""Building a generalised linear model, and what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from components import cache, table
from components.text import number, plain
from outfold.hashing import key_of
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.judge.analysis_of_deviance import AnalysisOfDeviance
    from outfold.judge.candidate_deviance import DevianceTable
    from outfold.judge.glm_report import GlmReport
    from outfold.judge.step_selection import StepPath

FIRST = 15
"""Terms of the formula that the page begins with."""

NAMED = 8
"""Columns left out of it that are named."""

TESTED = (
    "A term's drop in deviance is judged by χ² where the family fixes the dispersion (binomial, "
    "Poisson) and by F, on the Pearson dispersion of the whole model, where it is estimated. In "
    "the first table each term stands beside those before it only; in the second beside all "
    "others (McCullagh & Nelder 1989)."
)


@dataclass(frozen=True, slots=True)
class GlmChoice:
    """What the builder says; see ``fit_glm``."""

    formula: str
    family: str
    link: str
    power: float | None
    offset: str | None
    exposure: str | None
    weights: str | None
    against: tuple[str, ...]
    test: Literal["auto", "chisq", "f"]


_TESTS = {"auto": "By family", "chisq": "χ²", "f": "F"}


def builder(study: Study) -> GlmChoice:
    """Choose family, link, terms and the rest; the terms write the formula, which can be edited."""
    from outfold.judge.default_formula import FAMILY_OF, default_formula
    from outfold.judge.glm_families import FAMILIES, LINKS

    _, schema = cache.typed(study)
    numeric = [c.name for c in schema.columns if c.type in ("numeric", "boolean")]
    responses = list(schema.names())
    suited = study.target if study.task in FAMILY_OF else next(iter(numeric), study.target)
    if suited != study.target:
        st.info(
            f"{plain(study.target)} has several classes, and a generalised linear model needs a "
            "number or two classes. Another response is taken here.",
            icon=":material/info:",
        )
    left, middle, right = st.columns(3)
    with left:
        response = st.selectbox(
            "Response", responses, responses.index(suited),
            key=f"glm-response-{study.target}", persist_state="session",
        )  # fmt: skip
    with middle:
        keys = list(FAMILIES)
        usual = FAMILY_OF.get(study.task, "gaussian") if response == study.target else "gaussian"
        family = st.selectbox(
            "Family", keys, keys.index(usual), format_func=lambda k: FAMILIES[k].label,
            help="  \n".join(f"**{f.label}**: {f.summary}" for f in FAMILIES.values()),
            key=f"glm-family-{usual}", persist_state="session",
        )  # fmt: skip
    with right:
        link = st.selectbox(
            "Link", FAMILIES[family].links, format_func=lambda k: f"{k}: {LINKS[k][0]}",
            help="The scale on which the terms add up.",
            key=f"glm-link-{family}", persist_state="session",
        )  # fmt: skip
    features = cache.table(study).features
    first = default_formula(schema, response, features, FIRST)
    terms = st.multiselect(
        "Terms", [n for n in schema.names() if n != response], list(first.features),
        help="They write the formula below, which can be edited there: `*` for interactions, "
        "`poly(x, 2)` and `bs(x, df = 5)` for curves, `C(x)` for a level per number.",
        key=f"glm-terms-{key_of(response, first.features)}", persist_state="session",
    )  # fmt: skip
    written = default_formula(schema, response, terms, len(terms)).text
    formula = st.text_input(
        "Formula", written, key=f"glm-formula-{key_of(written)}", persist_state="session"
    )
    _left_out([(name, reason) for name, reason in first.left_out if name not in terms])
    with st.expander("Offset, exposure, weights and models to compare"):
        more = _more(study, response, family, link, numeric)
    return GlmChoice(formula=formula or written, family=family, link=link, **more)


def _left_out(columns: Sequence[tuple[str, str]]) -> None:
    """Which columns the first formula does not take, a line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in columns:
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        listed = ", ".join(names[:NAMED]) + (
            f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        )
        st.caption(f"Not in the first formula, because {plain(reason)}: {plain(listed, 400)}.")


def _more(
    study: Study, response: str, family: str, link: str, numeric: list[str]
) -> dict[str, Any]:
    """The choices that are rarely needed."""
    others = [None, *(n for n in numeric if n != response)]

    def column(label: str, key: str, usual: str | None, explain: str) -> str | None:
        return st.selectbox(
            label, others, others.index(usual) if usual in others else 0,
            format_func=lambda n: n or "none", help=explain, key=f"glm-{key}-{response}",
            persist_state="session",
        )  # fmt: skip

    left, middle, right = st.columns(3)
    with left:
        exposure = None
        if link == "log":
            exposure = column(
                "Exposure", "exposure", study.column_with("exposure"),
                "Time, people or area in which was counted; its logarithm is added.",
            )  # fmt: skip
        power = None
        if family == "tweedie":
            power = st.number_input(
                "Variance power", 1.0, 3.0, 1.5, 0.1, key="glm-power", persist_state="session"
            )
    with middle:
        offset = column("Offset", "offset", None, "Added to the linear predictor as it is.")
    with right:
        weights = column(
            "Weights", "weights", study.column_with("weight"),
            "How much each row counts; the numbers of trials where the response is a share.",
        )  # fmt: skip
    against = st.text_area(
        "Nested models to compare with, one formula a line",
        key=f"glm-against-{response}", persist_state="session",
        help="Each has to be contained in the next larger one.",
    )  # fmt: skip
    test = st.segmented_control(
        "Test", list(_TESTS), default="auto", format_func=_TESTS.__getitem__, required=True,
        help="By family: F where the dispersion is estimated, χ² where it is 1.",
        key="glm-test", persist_state="session",
    )  # fmt: skip
    return {
        "power": power,
        "offset": offset,
        "exposure": exposure,
        "weights": weights,
        "against": tuple(line.strip() for line in (against or "").splitlines() if line.strip()),
        "test": test,
    }


def report(study: Study, choice: GlmChoice) -> GlmReport:
    """The fitted model.

    Raises:
        OutfoldError: The model cannot be fitted, or the compared ones are not nested.
    """
    from outfold.judge.glm_report import glm_report

    def compute() -> GlmReport:
        frame, _ = cache.typed(study)
        return glm_report(
            frame, choice.formula, choice.family, choice.link, choice.power,
            offset=choice.offset, exposure=choice.exposure, weights=choice.weights,
            against=choice.against, test=choice.test, seed=study.seed,
        )  # fmt: skip

    return cache.remember(
        "glm report", study.dataset, study.fixes, study.types, study.seed, choice,
        compute=compute, say="Fitting the model and its terms",
    )  # fmt: skip


def stepwise(study: Study, choice: GlmChoice, criterion: Literal["aic", "bic"]) -> StepPath:
    """The path of a stepwise choice among the formula's terms.

    Raises:
        NotApplicableError: The family has no likelihood.
    """
    from outfold.judge.step_selection import slim, step_selection

    def compute() -> StepPath:
        from outfold.judge.glm import fit_glm

        frame, _ = cache.typed(study)
        widest = fit_glm(
            frame, choice.formula, choice.family, choice.link, choice.power,
            offset=choice.offset, exposure=choice.exposure, weights=choice.weights,
        )  # fmt: skip
        return slim(step_selection(widest, direction="backward", criterion=criterion))

    return cache.remember(
        "glm steps", study.dataset, study.fixes, study.types, choice, criterion,
        compute=compute, say="Dropping terms one at a time",
    )  # fmt: skip


def figures(found: GlmReport) -> None:
    """The model's figures as a row of cards."""
    named = found.figures
    with st.container(horizontal=True):
        for label, key, explain in (
            ("Null deviance", "null_deviance", "Of a model with the intercept alone."),
            ("Residual deviance", "residual_deviance", "What the terms leave."),
            ("D²", "d2", "Share of the null deviance that the terms take off."),
            ("AIC", "aic", "Lower is better among models of the same rows."),
            ("BIC", "bic", "As AIC, dearer per parameter."),
            ("Pearson dispersion", "pearson_dispersion", "Far above 1: counts scatter too much."),
        ):
            digits = 3 if key in ("d2", "pearson_dispersion") else 6
            value = named[key]
            shown = f"{value:,.0f}" if abs(value) >= 1e5 else number(value, digits)
            st.metric(label, shown, help=explain, border=True)
    st.caption(
        f"{found.n:,} rows, {named['df_null']:.0f} and {named['df_residual']:.0f} degrees of "
        f"freedom, all in sample: every row was fitted on."
    )
    for note in found.notes:
        st.warning(plain(note, 400), icon=":material/warning:")


def _formats() -> dict[str, Any]:
    """How the columns of deviance and coefficient tables are shown."""
    named = {"p": "%.3g", "F": "%.4g", "χ²": "%.6g", "AIC": "%.2f", "df": "%d"}
    named |= {"Residual df": "%d", "Deviance taken off": "%.3f", "Residual deviance": "%.3f"}
    return {name: st.column_config.NumberColumn(format=form) for name, form in named.items()}


def deviance_table(analysis: AnalysisOfDeviance, key: str, alt: str) -> None:
    """A deviance table with headings for people."""
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
    if analysis.kind not in ("drop1", "add1"):
        frame = frame.drop(columns="AIC")
    table.table(frame, key, columns=_formats(), alt=alt)


def coefficient_table(found: GlmReport) -> None:
    """The coefficients with headings for people."""
    import pandas as pd

    kind = found.coefficients[0].kind if found.coefficients else "z"
    frame = pd.DataFrame(
        [
            {
                "Term": c.term,
                "Estimate": c.estimate,
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
    table.table(frame, "glm-coefficients-table", columns=_formats(), alt="Coefficients")


def candidate_table(scale: DevianceTable, names: Mapping[str, str]) -> None:
    """The candidates' deviances with headings for people."""
    frame = scale.frame()
    frame["candidate"] = [names.get(name, name) for name in frame["candidate"]]
    headings = {
        "candidate": "Candidate",
        "deviance": "Deviance",
        "mean": "A row",
        "null_deviance": "Null deviance",
        "d2": "D²",
        "clipped": "Impossible",
        "n": "Predictions",
    }
    number_column = st.column_config.NumberColumn
    table.table(
        frame.rename(columns=headings),
        "candidate-deviances",
        columns={
            "Deviance": number_column(format="%.2f"),
            "A row": number_column(format="%.4f", help="Mean deviance per prediction"),
            "Null deviance": number_column(
                format="%.2f", help="Of a model without features, learnt from the training rows"
            ),
            "D²": number_column(format="%.4f", help="Share of the null deviance taken off"),
            "Impossible": number_column(
                format="localized",
                help="Predictions that called impossible what then happened; their deviance would "
                "be infinite, so they are moved off by the least amount that a number can hold",
            ),
            "Predictions": number_column(format="localized"),
        },
        alt="Deviance of each candidate",
    )


def candidates(run: str) -> DevianceTable | None:
    """The out-of-fold deviance of a run's finished candidates; None as long as there is none."""
    from outfold.judge.candidate_deviance import candidate_deviances
    from outfold.study.run import predictions

    names = tuple(c.name for c in cache.result(run).finished())
    if not names:
        return None
    return cache.remember(
        "candidate deviance", run, names,
        compute=lambda: candidate_deviances(
            predictions(cache.workspace(), run, name) for name in names
        ),
        say="Adding up deviances",
    )  # fmt: skip
