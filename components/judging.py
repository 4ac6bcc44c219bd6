"""Looking into the candidates of a run: curves, thresholds, calibration, errors, differences."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st

from components import cache
from components.chart import chart
from components.costs import cost_inputs, said
from components.names import candidate_name
from components.shell import why
from components.table import table
from components.text import ROW_HELP, number, plain, share
from outfold.errors import ParameterError
from outfold.metrics.catalogue import metric_named, metrics_for
from outfold.metrics.cost import KEY as COST
from outfold.metrics.cost import LABEL as COST_LABEL
from outfold.metrics.cost import is_cost

if TYPE_CHECKING:
    from outfold.judge.calibrate import Calibration
    from outfold.judge.curves import Curve, Kind
    from outfold.judge.hosmer_lemeshow import HosmerLemeshow
    from outfold.judge.smooth_calibration import SmoothCalibration
    from outfold.study.results import Predictions
    from outfold.study.study import Candidate

MOST = 8
"""Candidates drawn in one chart."""
FIRST = 4
"""Candidates drawn unless others are chosen."""
BINS: dict[str, Any] = {
    "low": st.column_config.NumberColumn("Predicted, least", format="percent"),
    "high": st.column_config.NumberColumn("Predicted, most", format="percent"),
    "predicted": st.column_config.NumberColumn("Predicted, mean", format="percent"),
    "observed": st.column_config.NumberColumn("Happened", format="percent"),
    "observed_low": st.column_config.NumberColumn(
        "Happened, from", format="percent", help="Lower end of Wilson's interval, each row once"
    ),
    "observed_high": st.column_config.NumberColumn(
        "Happened, to", format="percent", help="Upper end of Wilson's interval, each row once"
    ),
    "n": "Predictions",
    "rows": "Rows",
}
"""Headings of the reliability bins."""
FIGURES: dict[str, Any] = {
    "candidate": "Candidate",
    "metric": "Metric",
    "mean": st.column_config.NumberColumn("Mean of the splits", format="%.4f"),
    "std": st.column_config.NumberColumn("Standard deviation", format="%.4f"),
    "low": st.column_config.NumberColumn("Interval, from", format="%.4f"),
    "high": st.column_config.NumberColumn("Interval, to", format="%.4f"),
    "n_splits": "Splits",
}
"""Headings of every metric."""


def names_of(run: str) -> dict[str, str]:
    """What people call each candidate of a run."""
    return {c.name: candidate_name(c.candidate) for c in cache.result(run).candidates}


def metric_picker(run: str) -> str:
    """Choose the metric to look at; it is a view and changes no study.

    Two classes can be ranked by what decisions cost: then the costs are asked for, and stand in
    the key that comes back.
    """
    study = cache.result(run).study
    labels = {m.key: m.label for m in metrics_for(study.task)}
    if study.task == "binary" and not cache.let_go(run)[0]:
        labels[COST] = COST_LABEL
    keys = list(labels)
    chosen: str = st.selectbox(
        "Ranked by",
        keys,
        index=keys.index(study.metric) if study.metric in keys else 0,
        format_func=lambda key: labels[key],
        key="by",
        bind="query-params",
    )
    if chosen != COST:
        return chosen
    from outfold.judge.expected_cost import metric_of

    try:
        costs = cost_inputs()
    except ParameterError as error:
        st.warning(f"{error.message} {error.hint}", icon=":material/warning:")
        return study.metric or keys[0]
    st.caption(
        f"Mean cost of a row where {said(costs)}. Each split's threshold is the cheapest on rows "
        "of other splits, never on those that it is judged on."
    )
    return metric_of(costs).key


def usual_metric(run: str, metric: str) -> str:
    """The metric itself, or the study's own where an expected cost serves no further than this."""
    if not is_cost(metric):
        return metric
    from outfold.judge.chosen_metric import chosen_metric

    return chosen_metric(cache.result(run).study).key


def candidates_picker(run: str, metric: str) -> list[Candidate]:
    """Choose the candidates to draw together; the best few unless others are chosen."""
    board, names = cache.leaderboard(run, metric), names_of(run)
    rows = {r.name: r for r in board.rows if r.result.splits_done}
    first = [name for name, r in rows.items() if not r.baseline][:FIRST]
    chosen: list[str] = st.multiselect(
        "Candidates to look into",
        list(rows),
        default=first,
        max_selections=MOST,
        format_func=lambda name: names[name],
        key="shown",
        bind="query-params",
    )
    return [rows[name].result.candidate for name in chosen]


def one_of(candidates: Sequence[Candidate], key: str) -> Candidate:
    """Choose one of the candidates looked into."""
    if len(candidates) == 1:
        return candidates[0]
    by_name = {c.name: c for c in candidates}
    name = st.segmented_control(
        "Candidate",
        list(by_name),
        default=candidates[0].name,
        required=True,
        format_func=lambda n: candidate_name(by_name[n]),
        key=key,
        persist_state="session",
    )
    return by_name.get(name or "", candidates[0])


def class_picker(run: str) -> int | None:
    """Choose the class set against the rest; None for two classes."""
    result = cache.result(run)
    if result.study.task != "multiclass":
        return None
    first = next(c for c in result.candidates if c.splits_done)
    classes = cache.predictions(run, first.name).classes
    code: int = st.selectbox(
        "Class against the rest",
        range(len(classes)),
        format_func=lambda i: classes[i],
        key="against",
        persist_state="session",
    )
    return code


def curves(run: str, candidates: Sequence[Candidate], kind: Kind, code: int | None) -> list[Curve]:
    """One curve per candidate."""
    from outfold.judge.curves import curve

    done = cache.workspace().records.run(run).done

    def compute(candidate: str) -> Curve:
        return curve(cache.predictions(run, candidate), kind, code)

    return [
        cache.remember(
            "curve", run, c.name, kind, code, done,
            compute=partial(compute, c.name),
        )
        for c in candidates
    ]  # fmt: skip


def ranking(run: str, candidates: Sequence[Candidate], which: Literal["roc", "pr", "gain"]) -> None:
    """ROC, precision and recall, or gain and lift."""
    from outfold.draw import gain, lift, precision_recall, roc

    names, code = names_of(run), class_picker(run)
    if which == "roc":
        chart(roc.draw(curves(run, candidates, "roc", code), names), "roc")
    elif which == "pr":
        found = curves(run, candidates, "precision_recall", code)
        chart(precision_recall.draw(found, names), "precision-recall")
    else:
        left, right = st.columns(2)
        with left:
            chart(gain.draw(curves(run, candidates, "gain", code), names), "gain")
        with right:
            chart(lift.draw(curves(run, candidates, "lift", code), names), "lift")


def calibration(run: str, candidates: Sequence[Candidate]) -> None:
    """Whether a probability of 0.3 means three in ten."""
    from outfold.draw import calibration as picture
    from outfold.judge.calibrate import calibrate
    from outfold.judge.prior import corrected, shifted, why_not

    code = class_picker(run)
    done = cache.workspace().records.run(run).done
    found, models, smooth, tests, prior = {}, [], {}, {}, False
    if any(shifted(cache.predictions(run, c.name)) for c in candidates):
        prior = st.toggle(
            "Correct for the class shares in fitting",
            key="prior",
            bind="query-params",
            help="Resampling and weights make a model believe in rare classes too much. This "
            "multiplies each probability by the class's true share over its share in fitting "
            "(Elkan 2001; Saerens et al. 2002).",
        )
    for c in candidates:
        made = cache.predictions(run, c.name)
        if prior and not why_not(made):
            made = corrected(made)
        if made.probability is None:
            st.caption(f"{plain(candidate_name(c))} gives no probabilities.")
            continue
        at = made.positive if code is None else code
        found[c.name] = cache.remember(
            "calibration", run, c.name, at, done, prior,
            compute=partial(
                calibrate, made.truth == at, made.probability[:, at], rows=made.rows
            ),
        )  # fmt: skip
        models.append(c.model.key)
        line, tests[c.name] = cache.remember(
            "smooth calibration", run, c.name, at, done, prior,
            compute=partial(_without_bins, made, at),
        )  # fmt: skip
        if line is not None:
            smooth[c.name] = line
    if found:
        names = names_of(run)
        chart(picture.draw(found, models, names, smooth), "calibration")
        _calibration_figures(found, smooth, tests, names)
        with st.expander("The bins as a table"):
            shown = one_of([c for c in candidates if c.name in found], "bins-of")
            table(
                found[shown.name].frame(), "calibration-bins", columns=BINS, alt="Reliability bins"
            )


def _without_bins(made: Predictions, at: int) -> tuple[SmoothCalibration | None, HosmerLemeshow]:
    """The smooth curve and Hosmer and Lemeshow's test of one candidate and class."""
    from outfold.judge.hosmer_lemeshow import hosmer_lemeshow
    from outfold.judge.same_rows import one_pass
    from outfold.judge.smooth_calibration import smooth_calibration

    assert made.probability is not None
    truth, p = made.truth == at, made.probability[:, at]
    # The test counts rows as independent, so each row comes once.
    once = np.isin(made.split, one_pass(made))
    repeats = len(made.rows) / max(1, len(np.unique(made.rows)))
    return smooth_calibration(truth, p, repeats), hosmer_lemeshow(truth[once], p[once])


def _calibration_figures(
    found: Mapping[str, Calibration],
    smooth: Mapping[str, SmoothCalibration],
    tests: Mapping[str, HosmerLemeshow],
    names: Mapping[str, str],
) -> None:
    """Slope, intercept and distances of every candidate, and what they mean."""
    import pandas as pd

    rows = []
    for name, one in found.items():
        slope, line = one.recalibration, smooth.get(name)
        rows.append({
            "Candidate": names[name],
            "Slope": slope.slope if slope else None,
            "Intercept in the large": slope.in_the_large if slope else None,
            "ECE": one.ece,
            "ICI": line.ici if line else None,
            "Brier score": one.brier.score,
            "Reliability": one.brier.reliability,
            "Resolution": one.brier.resolution,
            "Hosmer-Lemeshow p": tests[name].p_value,
        })  # fmt: skip
    figures = pd.DataFrame(rows)
    shown = {c: st.column_config.NumberColumn(format="%.3f") for c in figures.columns[1:]}
    shown["Hosmer-Lemeshow p"] = st.column_config.NumberColumn(format="%.2g")
    table(figures, "calibration-figures", columns=shown, alt="Calibration in figures")
    why(
        "Marks are bins of equally many predictions with Wilson's intervals; lines are a "
        "restricted cubic spline of the predicted log-odds with its pointwise 95 % band (Austin & "
        "Steyerberg 2014). Where folds are repeated, a row is predicted several times: shares "
        "count every prediction, intervals and bands take each row once. "
        "Slope 1 and intercept 0 are ideal; a slope below 1 is overconfidence. ECE is the mean gap "
        "of the bins and depends on them, ICI that of the smooth curve (Austin & Steyerberg 2019). "
        "Reliability and resolution are Murphy's (1973) parts of the Brier score. Hosmer and "
        "Lemeshow's test (1980) takes each row once; it depends on its ten groups, and with many "
        "rows it finds departures that do not matter.",
        "What do these figures mean?",
    )


def decision(run: str, candidates: Sequence[Candidate]) -> None:
    """Whether acting on the probabilities helps more than acting on all rows or on none."""
    from outfold.draw import decision_curve as picture
    from outfold.judge.decision_curve import DecisionCurve, decision_curve
    from outfold.judge.threshold import thresholds

    done = cache.workspace().records.run(run).done

    def compute(name: str) -> DecisionCurve:
        made = cache.predictions(run, name)
        return decision_curve(thresholds(made), len(made.rows) / len(np.unique(made.rows)))

    found, models = [], []
    for c in candidates:
        if cache.predictions(run, c.name).probability is None:
            st.caption(f"{plain(candidate_name(c))} gives no probabilities.")
            continue
        found.append(
            cache.remember("decision curve", run, c.name, done, compute=partial(compute, c.name))
        )
        models.append(c.model.key)
    if not found:
        return
    chart(picture.draw(found, models, names_of(run)), "decision-curve")
    why(
        "Net benefit (Vickers & Elkin 2006) is hits less false alarms times p/(1 − p), per row. A "
        "candidate is of use at those probabilities where its line lies above both acting on all "
        "and acting on none; who knows the costs of a miss and a false alarm reads one point. It "
        "needs calibrated probabilities. The band holds the fitted models fixed, speaks of the "
        "rows alone, and takes each once however often it was held out.",
        "How is this read?",
    )


def confusion(run: str, candidates: Sequence[Candidate]) -> None:
    """Which classes are taken for which."""
    from outfold.draw import confusion as picture
    from outfold.judge.confusion_matrix import confusion_matrix

    chosen = one_of(candidates, "confusion-of")
    found = confusion_matrix(cache.predictions(run, chosen.name))
    chart(picture.draw(found, names_of(run)), "confusion")
    with st.expander("The counts as a table"):
        table(
            found.frame(),
            "confusion-counts",
            columns={
                "truth": "True class",
                "predicted": "Predicted class",
                "count": "Predictions",
                "share": st.column_config.NumberColumn("Of the true class", format="percent"),
            },
            alt="Counts by true and predicted class",
        )


def errors(run: str, candidates: Sequence[Candidate], which: Literal["fit", "residuals"]) -> None:
    """Predicted against actual values, or what is left."""
    from outfold.draw import predicted_against_actual, residuals
    from outfold.judge.fitted_values import fitted_values

    chosen = one_of(candidates, f"{which}-of")
    done = cache.workspace().records.run(run).done
    found = cache.remember(
        "fitted", run, chosen.name, done,
        compute=lambda: fitted_values(cache.predictions(run, chosen.name)),
    )  # fmt: skip
    target = html.escape(cache.result(run).study.target)
    picture = predicted_against_actual if which == "fit" else residuals
    data = cache.table(cache.study_of(run))
    chart(picture.draw(found, target, names_of(run), data.rows), which)
    if which == "residuals":
        st.caption(
            f"Mean error {number(found.bias)}, spread {number(found.spread)}; "
            f"{share(found.outside / found.n)} of the predictions lie beyond three spreads."
        )
        with st.expander("The rows as a table"):
            table(
                found.frame().assign(row=data.numbers(found.rows)),
                "residual-rows",
                columns={"row": st.column_config.NumberColumn("Row", help=ROW_HELP)},
                alt="Actual and predicted values",
            )


def frequencies(run: str, candidates: Sequence[Candidate]) -> None:
    """How often each count occurs and how often the model expects it."""
    from outfold.draw import rootogram
    from outfold.judge.count_frequencies import count_frequencies

    chosen = one_of(candidates, "counts-of")
    found = count_frequencies(cache.predictions(run, chosen.name))
    chart(rootogram.draw(found, names_of(run)), "rootogram")
    st.caption(
        f"Dispersion {number(found.dispersion)}: 1 for Poisson counts, more where they scatter "
        "more widely than the model says."
    )


def by_split(run: str, metric: str) -> None:
    """Each candidate's score on each split."""
    from outfold.draw import split_scores

    board = cache.leaderboard(run, metric)
    chart(split_scores.draw(board, names_of(run)), "split-scores")
    with st.expander("Every metric as a table"):
        frame, names = board.figures(), names_of(run)
        frame["candidate"] = frame["candidate"].map(names)
        frame["metric"] = frame["metric"].map(lambda key: metric_named(key).label)
        table(frame, "figures", columns=FIGURES, alt="Every metric of every candidate")
