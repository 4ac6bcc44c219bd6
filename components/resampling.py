"""What a trial of resamplers found: where rows lie, thresholds moved instead, probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache
from components.chart import chart
from components.names import choice_name
from components.shell import boundary, why
from components.table import table
from components.text import plain

if TYPE_CHECKING:
    from outfold.study.preview import ClassCounts
    from outfold.study.results import Predictions


def counted(counts: Sequence[ClassCounts], names: dict[str, str]) -> None:
    """Class counts before and after, what had to be adjusted, and what cannot be done."""
    from outfold.draw import resampled_counts
    from outfold.study.preview import frame_of

    able = [c for c in counts if not c.refused]
    chart(resampled_counts.draw(able, names), "class-counts")
    if able[0].sampled:
        st.caption(
            f"The fold is large: this looks at {able[0].sampled:,} of its rows, drawn so that "
            "classes keep their shares. A run resamples every row."
        )
    for c in counts:
        if c.refused:
            st.warning(
                f"**{plain(names[c.resampler])}** cannot be applied here. {plain(c.refused, 300)}",
                icon=":material/block:",
            )
    notes = dict.fromkeys(f"{names[c.resampler]}: {text}" for c in counts for text in c.notes)
    for note in notes:
        st.caption(plain(note, 300))
    with st.expander("The counts as a table"):
        table(frame_of(able), "class-counts-table", alt="Class counts before and after")


def where(counts: Sequence[ClassCounts], names: dict[str, str]) -> None:
    """Where the rows kept, left out and made lie, for one resampler at a time."""
    from outfold.draw import resampled_points

    placed = {c.resampler: c for c in counts if c.points is not None}
    if not placed:
        return
    st.markdown("## Where its rows lie")
    keys = list(placed)
    # Of new rows one most wants to know where they lie.
    key = first = max(keys, key=lambda k: placed[k].points.totals[2])  # type: ignore[union-attr]
    if len(keys) > 1:
        key = (
            st.segmented_control(
                "Resampler", keys, default=first, required=True,
                format_func=lambda k: names[k], key="points-of", persist_state="session",
            )
            or first
        )  # fmt: skip
    shown = placed.get(key, placed[first])
    assert shown.points is not None
    chart(resampled_points.draw(shown.points, names[shown.resampler]), "resampled-points")


def findings(run: str) -> None:
    """What the trial says beyond its scores: is resampling needed, and what does it cost?"""
    study = cache.result(run).study
    done = [c for c in cache.result(run).finished() if not c.candidate.is_baseline]
    none = next((c.name for c in done if c.candidate.resampler.key == "none"), "")
    others = [c.name for c in done if c.name != none]
    if not none or not others or cache.let_go(run)[0]:
        return
    names = {c.name: choice_name("resampler", c.candidate.resampler) for c in done}
    names[none] = "No resampling"
    if study.task == "binary":
        st.markdown("## Or move the threshold")
        with boundary():
            _moved(run, none, others, names)
    st.markdown("## What it does to the probabilities")
    with boundary():
        _probabilities(run, none, others, names)


def _moved(run: str, none: str, others: list[str], names: dict[str, str]) -> None:
    from outfold.draw import moved_threshold as picture
    from outfold.judge.cost_matrix import CostMatrix
    from outfold.judge.moved_threshold import MEASURES, moved_threshold

    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.segmented_control(
            "Decisions judged by", list(MEASURES), default="f1", required=True,
            format_func=lambda m: MEASURES[m], key="decided-by", bind="query-params",
        )  # fmt: skip
        ratio = 1.0
        if measure == "cost":
            ratio = st.number_input(
                "A miss costs as much as so many false alarms", 0.01, 10_000.0, 5.0, step=1.0,
                key="miss-ratio", bind="query-params", width=320,
            )  # fmt: skip
    result = cache.result(run)
    found = cache.remember(
        "moved threshold", run, measure, ratio, cache.workspace().records.run(run).done,
        compute=lambda: moved_threshold(
            cache.predictions(run, none), [cache.predictions(run, n) for n in others],
            result.test_train_ratio, measure, CostMatrix(fp=1.0, fn=ratio),
        ),
        say="Choosing thresholds",
    )  # fmt: skip
    chart(picture.draw(found, names), "moved-threshold")
    if measure == "cost":
        st.caption(
            f"With calibrated probabilities the right threshold is 1 / (1 + {ratio:g}) = "
            f"{found.matrix.threshold:.3g} (Elkan 2001). No row is needed to find it."
        )
    with st.expander("The figures as a table"):
        frame = found.frame()
        frame["candidate"] = frame["candidate"].map(names)
        table(frame, "moved-threshold-table", alt="Each way to decide, with its uncertainty")
    why(
        "Multiplying rows of a class and moving the threshold do the same to the decisions of a "
        "model that learns probabilities (Elkan 2001), and the threshold costs no fit. Each "
        "split's threshold is chosen on out-of-fold predictions of rows that this split is not "
        "scored on. Differences are judged by the corrected resampled t-test (Nadeau & Bengio "
        "2003) with Holm's correction over the resamplers; no difference found does not mean that "
        "there is none.",
        "How is this compared?",
    )


def _probabilities(run: str, none: str, others: list[str], names: dict[str, str]) -> None:
    from outfold.draw import calibration_damage as picture
    from outfold.judge.calibration_damage import Damage, damage, frame_of

    code = _class(cache.predictions(run, none))
    done = cache.workspace().records.run(run).done

    def compute() -> dict[str, Damage]:
        each = {n: damage(cache.predictions(run, n), code) for n in (none, *others)}
        return {n: d for n, d in each.items() if d is not None}

    found: dict[str, Damage] = cache.remember(
        "calibration damage", run, none, others, code, done, compute=compute
    )
    if not found:
        st.caption("The model gives scores, not probabilities.")
        return
    able = any(d.corrected is not None and d.shifted for d in found.values())
    corrected = st.toggle(
        "Correct for the class shares in fitting", key="prior-corrected", disabled=not able,
        persist_state="session",
        help="Multiplies each class's probability by its true share over its share in fitting.",
    )  # fmt: skip
    for reason in dict.fromkeys(d.reason for d in found.values() if d.reason):
        st.caption(plain(reason, 300))
    chart(picture.draw(found, corrected and able, names, none), "calibration-damage")
    frame = frame_of(found)
    frame["candidate"] = [
        names[c] + (", corrected" if after else "")
        for c, after in zip(frame["candidate"], frame["corrected"], strict=True)
    ]
    table(
        frame.drop(columns="corrected").rename(columns={
            "candidate": "Resampler", "brier": "Brier score", "log_loss": "Log loss",
            "ece": "Calibration error", "slope": "Slope", "in_the_large": "Intercept",
            "mean_predicted": "Expected share", "observed": "Observed share",
        }),
        "calibration-damage-table", columns=_columns(), height="content",
        alt="Calibration of each resampler, as predicted and corrected",
    )  # fmt: skip
    why(
        "A model fitted where a class is commoner than it is believes in it too much. Prior "
        "correction multiplies each class's probability by its share among the training rows over "
        "its share in fitting, and scales all to sum to 1 (Elkan 2001; Saerens et al. 2002). It "
        "undoes random over- and undersampling and class weights, and does so approximately where "
        "new rows were made or chosen ones left out. It changes no ranking of rows by one class "
        "against another, so ROC AUC within a split stays as it is.",
        "What is prior correction?",
    )


def _class(predictions: Predictions) -> int | None:
    """Choose the class whose probability is looked at; None for two classes."""
    if predictions.task == "binary":
        return None
    code: int = st.selectbox(
        "Class against the rest", range(len(predictions.classes)),
        format_func=lambda i: predictions.classes[i], key="damaged", persist_state="session",
    )  # fmt: skip
    return code


def _columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "Brier score": number(format="%.4f", help="Mean squared error of the probability; low"),
        "Log loss": number(format="%.4f", help="Nats a row; low is better"),
        "Calibration error": number(
            format="%.4f", help="Mean gap of predicted and observed share over ten bins (ECE)"
        ),
        "Slope": number(format="%.2f", help="1 is right; below 1 probabilities are too extreme"),
        "Intercept": number(
            format="%+.2f", help="0 is right; below 0 probabilities are too high (slope held at 1)"
        ),
        "Expected share": number(format="percent", help="Mean predicted probability"),
        "Observed share": number(format="percent", help="Share of the rows that are of this class"),
    }
