"""Building a generalised linear model, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from components import cache, state, table
from components.text import number, plain
from outfold.hashing import key_of
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.judge.analysis_of_deviance import AnalysisOfDeviance
    from outfold.judge.candidate_deviance import DevianceTable
    from outfold.judge.deviance_trace import TracedCandidate
    from outfold.judge.formula import Formula
    from outfold.judge.glm_fit import GlmFit
    from outfold.judge.glm_report import GlmReport
    from outfold.judge.half_normal import HalfNormal
    from outfold.judge.partial_residuals import PartialResiduals
    from outfold.judge.robust_errors import Errors
    from outfold.judge.step_selection import Direction, StepPath

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
    errors: Errors = "model"
    place: str = ""


_TESTS = {"auto": "By family", "chisq": "χ²", "f": "F"}


def builder(study: Study) -> GlmChoice:
    """Choose family, link, terms and the rest; the terms write the formula, which can be edited."""
    from outfold.judge.default_formula import FAMILY_OF, default_formula
    from outfold.judge.expression import quoted
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
    features = cache.table(study).features
    place = key_of(study.dataset, study.target, study.fixes, study.types)
    formulas = state.current().formulas
    if place not in formulas:
        first = default_formula(schema, suited, features, FIRST).text
        formulas[place] = (first, first)

    def write(text: str) -> None:
        """Take a formula, from whichever control; all of them show it then."""
        _, last = formulas[place]
        formulas[place] = (text, text if _read(text, schema.names()) else last)

    text, readable = formulas[place]
    formula = _read(readable, schema.names())
    assert formula is not None
    response = next(iter(formula.columns()))
    left, middle, right = st.columns(3)
    with left:
        st.selectbox(
            "Response", responses,
            **state.acting(
                f"glm-response-{place}", response,
                lambda name: write(default_formula(schema, name, features, FIRST).text),
            ),
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
    columns = [quoted(n) for n in schema.names() if n != response]
    st.multiselect(
        "Terms", list(dict.fromkeys([*columns, *formula.labels])),
        help="They and the formula below write each other.",
        **state.acting(
            f"glm-terms-{place}", list(formula.labels),
            lambda labels: write(_written(formula, labels)),
        ),
    )  # fmt: skip
    _add_term(formula, columns, place, write)
    st.text_input(
        "Formula",
        help="`*` for interactions, `poly(x, 2)` and `bs(x, df = 5)` for curves, `C(x)` for a "
        "level per number, `offset(x)`, `0 +` for no intercept.",
        **state.acting(f"glm-formula-{place}", text, lambda said: write(said.strip() or readable)),
    )
    unsaid = default_formula(schema, response, features, FIRST).left_out
    taken = set(formula.columns())
    _left_out([(name, reason) for name, reason in unsaid if name not in taken])
    with st.expander("Offset, exposure, weights and models to compare"):
        more = _more(study, response, family, link, numeric)
    return GlmChoice(formula=text, family=family, link=link, place=place, **more)


def _read(text: str, columns: Sequence[str]) -> Formula | None:
    """The formula that a text says; None where it says none."""
    from outfold.errors import OutfoldError
    from outfold.judge.parse_formula import parse_formula

    try:
        return parse_formula(text, list(columns))
    except OutfoldError:
        return None


def _written(formula: Formula, labels: Sequence[str]) -> str:
    """The formula with other terms, by their texts; response, offsets and intercept stay."""
    from outfold.judge.expression import text_of

    parts = [*labels, *(f"offset({text_of(o)})" for o in formula.offsets)]
    if not formula.intercept:
        parts.insert(0, "0")
    return f"{text_of(formula.response)} ~ {' + '.join(parts) or '1'}"


_SHAPES = {
    "poly2": ("a parabola", "poly({}, 2)"),
    "poly3": ("a cubic", "poly({}, 3)"),
    "bs": ("a spline of 5 columns", "bs({}, df = 5)"),
    "log": ("its logarithm", "log({})"),
    "levels": ("a level per value", "C({})"),
    "with": ("in interaction with", ""),
}
"""What the builder makes of a column: its name for people, and its text in a formula."""


def _add_term(
    formula: Formula, columns: Sequence[str], place: str, write: Callable[[str], None]
) -> None:
    """Add a curve or an interaction without knowing how it is written."""
    with st.expander("Add a curve or an interaction", icon=":material/add:"):
        left, middle, right, last = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
        with left:
            column = st.selectbox("Column", columns, key=f"glm-add-column-{place}")
        with middle:
            shape = st.selectbox(
                "As", list(_SHAPES), format_func=lambda k: _SHAPES[k][0], key=f"glm-add-as-{place}"
            )
        with right:
            other = st.selectbox(
                "Other column", [c for c in columns if c != column], disabled=shape != "with",
                key=f"glm-add-other-{place}",
            )  # fmt: skip
        labels = [label for label in formula.labels if shape == "with" or label != column]
        if shape == "with":
            added = [t for t in (column, other) if t and t not in labels]
            added.append(f"{column}:{other}")
        else:
            added = [_SHAPES[shape][1].format(column)]
        with last:
            st.button(
                "Add it", key=f"glm-add-{place}", width="stretch",
                on_click=state.attempt, args=(write, _written(formula, [*labels, *added])),
            )  # fmt: skip


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
    from outfold.judge.robust_errors import ERRORS

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
    errors = st.segmented_control(
        "Standard errors", list(ERRORS), default="model", format_func=ERRORS.__getitem__,
        required=True, key="glm-errors", persist_state="session",
        help="Robust ones hold where the family's variance is wrong, as long as rows are "
        "independent and the mean is right. HC3 is the most cautious in small samples.",
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
        "errors": errors,
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
            against=choice.against, test=choice.test, seed=study.seed, errors=choice.errors,
        )  # fmt: skip

    return cache.remember(
        "glm report", study.dataset, study.fixes, study.types, study.seed, choice,
        compute=compute, say="Fitting the model and its terms",
    )  # fmt: skip


def _fitted(study: Study, choice: GlmChoice) -> GlmFit:
    from outfold.judge.glm import fit_glm

    frame, _ = cache.typed(study)
    return fit_glm(
        frame, choice.formula, choice.family, choice.link, choice.power,
        offset=choice.offset, exposure=choice.exposure, weights=choice.weights,
    )  # fmt: skip


def stepwise(
    study: Study, choice: GlmChoice, criterion: Literal["aic", "bic"], direction: Direction
) -> StepPath:
    """The path of a stepwise choice among the formula's terms.

    Raises:
        NotApplicableError: The family has no likelihood.
    """
    from outfold.judge.step_selection import slim, step_selection

    return cache.remember(
        "glm steps", study.dataset, study.fixes, study.types, choice, criterion, direction,
        compute=lambda: slim(
            step_selection(_fitted(study, choice), direction=direction, criterion=criterion)
        ),
        say="Choosing terms one at a time",
    )  # fmt: skip


def analysis(study: Study, choice: GlmChoice, kind: str) -> AnalysisOfDeviance:
    """Another table of the terms than the report has: type II, type III, or terms to add.

    Raises:
        OutfoldError: There is no term to add.
    """
    from outfold.judge.default_formula import default_formula
    from outfold.judge.nested import fit_nested
    from outfold.judge.term_tests import add_one, type_three, type_two

    def compute() -> AnalysisOfDeviance:
        if kind != "add1":
            call = type_two if kind == "type2" else type_three
            return call(_fitted(study, choice), choice.test)
        frame, schema = cache.typed(study)
        formula = _read(choice.formula, schema.names())
        assert formula is not None
        features = [f for f in cache.table(study).features if f not in formula.columns()]
        response = next(iter(formula.columns()))
        more = default_formula(schema, response, features, FIRST).text.partition("~")[2]
        fits = fit_nested(
            frame, [choice.formula, f"{choice.formula} + {more}"], choice.family, choice.link,
            choice.power, offset=choice.offset, exposure=choice.exposure, weights=choice.weights,
        )  # fmt: skip
        return add_one(fits[0], fits[1], choice.test)

    return cache.remember(
        "glm analysis", study.dataset, study.fixes, study.types, choice, kind,
        compute=compute, say="Testing the terms",
    )  # fmt: skip


def shapes(study: Study, choice: GlmChoice) -> tuple[HalfNormal, tuple[PartialResiduals, ...]]:
    """The half-normal plot and the terms' partial residuals."""
    from outfold.judge.half_normal import half_normal
    from outfold.judge.partial_residuals import partial_residuals

    def compute() -> tuple[HalfNormal, tuple[PartialResiduals, ...]]:
        fit = _fitted(study, choice)
        return half_normal(fit, study.seed), partial_residuals(fit, study.seed)

    return cache.remember(
        "glm shapes", study.dataset, study.fixes, study.types, study.seed, choice,
        compute=compute, say="Simulating the model’s own residuals",
    )  # fmt: skip


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
                shown, explain = "none", f"{explain} This family has none."
            st.metric(label, shown, help=explain, border=True)
    st.caption(
        f"{found.n:,} rows, {named['df_null']:.0f} and {named['df_residual']:.0f} degrees of "
        f"freedom, all in sample: every row was fitted on."
    )
    for note in found.notes:
        st.warning(plain(note, 400), icon=":material/warning:")


def formats() -> dict[str, Any]:
    """How the columns of deviance and coefficient tables are shown."""
    named = {"p": "%.3g", "F": "%.4g", "χ²": "%.6g", "AIC": "%.2f", "df": "%d"}
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
    if analysis.kind in ("type2", "type3"):
        frame = frame.drop(columns=["Residual df", "Residual deviance"])
    if analysis.kind not in ("drop1", "add1"):
        frame = frame.drop(columns="AIC")
    table.table(frame, key, columns=formats(), alt=alt)


def coefficient_table(found: GlmReport) -> None:
    """The coefficients with headings for people."""
    import pandas as pd

    from outfold.judge.robust_errors import ERRORS

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
    table.table(frame, "glm-coefficients-table", columns=formats(), alt="Coefficients")
    st.caption(f"Standard errors: {ERRORS[found.errors].lower()}; intervals: Wald, 95 %.")


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
        columns=formats(), alt="Tests of over-dispersion",
    )  # fmt: skip


def candidate_table(
    scale: DevianceTable, names: Mapping[str, str], traced: Mapping[str, TracedCandidate]
) -> None:
    """The candidates' deviances with headings for people."""
    frame = scale.frame()
    if traced:
        held = [traced.get(name) for name in frame["candidate"]]
        frame["train"] = [c.train if c else None for c in held]
        frame["train_d2"] = [c.train_d2 if c else None for c in held]
    frame["candidate"] = [names.get(name, name) for name in frame["candidate"]]
    headings = {
        "candidate": "Candidate",
        "deviance": "Deviance",
        "mean": "A row",
        "null_deviance": "Null deviance",
        "d2": "D²",
        "clipped": "Impossible",
        "n": "Predictions",
        "train": "A row, in training",
        "train_d2": "D², in training",
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
            "A row, in training": number_column(format="%.4f"),
            "D², in training": number_column(format="%.4f"),
            "D²": number_column(
                format="%.4f", help="Out of fold: share of the null deviance taken off"
            ),
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
