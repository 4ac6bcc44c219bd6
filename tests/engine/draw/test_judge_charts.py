"""Charts of judgement show the figures they are given, say what they show, and escape names."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from outfold.draw import (
    calibration,
    confusion,
    decision_curve,
    equivalence,
    gain,
    group_rates,
    leaderboard_intervals,
    lift,
    pareto,
    precision_recall,
    predicted_against_actual,
    residuals,
    roc,
    rootogram,
    side_by_side,
    slice_scores,
    split_scores,
    threshold_curve,
)
from outfold.judge.bayesian_t import equivalence as equivalent
from outfold.judge.calibrate import calibrate
from outfold.judge.confusion_matrix import confusion_matrix
from outfold.judge.cost_matrix import CostMatrix
from outfold.judge.count_frequencies import count_frequencies
from outfold.judge.curves import curve
from outfold.judge.decision_curve import decision_curve as net_benefit
from outfold.judge.fitted_values import fitted_values
from outfold.judge.group_rates import group_rates as rates_of
from outfold.judge.leaderboard import leaderboard
from outfold.judge.row_groups import RowGroups, row_groups
from outfold.judge.side_by_side import side_by_side as beside
from outfold.judge.slices import slices
from outfold.judge.threshold import thresholds
from outfold.judge.tradeoff import Offer, tradeoff
from outfold.metrics.catalogue import catalogue
from outfold.study.results import RunResult
from tests.engine.judge.small_runs import (
    binary_run,
    count_run,
    holdout_run,
    multiclass_run,
    regression_run,
    with_failure,
)
from tests.engine.judge.test_threshold import predictions_of

NASTY = "<b>a & b</b>"
SAFE = "&lt;b&gt;a &amp; b&lt;/b&gt;"
CURVES = {"roc": roc, "precision_recall": precision_recall, "gain": gain, "lift": lift}


def text_of(figure: go.Figure) -> str:
    """Everything a person can read in a chart."""
    return json.dumps(figure.to_plotly_json(), default=str, ensure_ascii=False)


def every_chart() -> dict[str, go.Figure]:
    names = {p: NASTY for run in (binary_run, regression_run, count_run) for p in run().stored}
    stored = list(binary_run().stored.values())
    known = [p for p in stored if p.probability is not None]
    reliable = {
        p.candidate.name: calibrate(p.scored().is_positive(), p.scored().positive_score())
        for p in known
    }
    board = leaderboard(binary_run().result)
    fitted = fitted_values(regression_run().of("linear"))
    prepared = thresholds(known[1])
    return {
        kind: module.draw([curve(p, kind) for p in stored], names)  # type: ignore[arg-type,attr-defined]
        for kind, module in CURVES.items()
    } | {
        "confusion": confusion.draw(confusion_matrix(known[1]), names),
        "threshold_curve": threshold_curve.draw(
            prepared, 0.4, matrix=CostMatrix(1, 5), names=names
        ),
        "calibration": calibration.draw(reliable, [p.candidate.model.key for p in known], names),
        "leaderboard_intervals": leaderboard_intervals.draw(board, names),
        "split_scores": split_scores.draw(board, names),
        "pareto": pareto.draw(tradeoff(binary_run().result), names),
        "predicted_against_actual": predicted_against_actual.draw(fitted, "y", names),
        "residuals": residuals.draw(fitted, "y", names),
        "slice_scores": slice_scores.draw(slices(known[1], halves(), catalogue()["brier"]), names),
        "group_rates": group_rates.draw(rates_of(known[1], halves()), "recall", names),
        "equivalence": equivalence.draw(equivalent(binary_run().result, 0.01), names),
        "side_by_side": side_by_side.draw(
            beside((binary_run().result, known[1]), (binary_run().result, known[2])),
            NASTY,
            "second",
        ),
        "decision_curve": decision_curve.draw(
            [net_benefit(prepared)], [known[1].candidate.model.key], names
        ),
        "rootogram": rootogram.draw(count_frequencies(count_run().of("poisson")), names),
    }


def halves() -> RowGroups:
    """The rows of the binary run in two groups whose names are markup."""
    return row_groups(pd.Series([NASTY, "plain"] * 285, name="a <b> column").iloc[:569])


@pytest.fixture(scope="module")
def charts() -> dict[str, go.Figure]:
    return every_chart()


def test_every_chart_has_a_title_axes_and_few_points(charts: dict[str, go.Figure]) -> None:
    """A finding, named axes, and at most some thousand points."""
    for name, figure in charts.items():
        assert len(figure.layout.title.text) > 10, name
        assert figure.layout.title.subtitle.text, name
        axes = [a.title.text for a in (*figure.select_xaxes(), *figure.select_yaxes())]
        assert sum(bool(a) for a in axes) >= 2, name
        assert sum(len(t.x) for t in figure.data if t.x is not None) < 6000, name


def test_no_chart_sets_a_template_or_a_background(charts: dict[str, go.Figure]) -> None:
    """The app themes them, light and dark."""
    for name, figure in charts.items():
        assert figure.layout.paper_bgcolor is None, name
        assert figure.layout.plot_bgcolor is None, name


def test_names_are_escaped_everywhere(charts: dict[str, go.Figure]) -> None:
    """Plotly reads some HTML; a name is text."""
    for name, figure in charts.items():
        text = text_of(figure)
        assert NASTY not in text, name
        assert SAFE in text, name


def test_class_names_are_escaped() -> None:
    """Classes come from the person's table."""
    stored = dataclasses.replace(binary_run().of("logistic"), classes=(NASTY, "b"), positive=0)
    for figure in (
        confusion.draw(confusion_matrix(stored)),
        roc.draw([curve(stored, "roc")]),
        confusion.draw(thresholds(stored).confusion(0.2)),
    ):
        assert NASTY not in text_of(figure)
        assert SAFE in text_of(figure)
    below = confusion.draw(confusion_matrix(stored)).layout.title.subtitle.text
    assert f"predicted “{SAFE}” at or above 0.5" in below.replace("<br>", " ")


def test_the_legend_of_a_roc_chart_gives_the_leaderboards_area() -> None:
    """The mean over the splits, not the area of the pooled curve."""
    found = curve(binary_run().of("logistic"), "roc")
    figure = roc.draw([found])
    assert any(f"{found.mean_area():.3f}" in (t.name or "") for t in figure.data)
    assert f"{found.mean_area():.1%}" in figure.layout.title.text


def test_bands_are_drawn_for_few_curves_only() -> None:
    """Five ranges on top of each other show nothing."""
    stored = [curve(p, "roc") for p in binary_run().stored.values()]
    assert sum(t.fill == "toself" for t in roc.draw(stored[:2]).data) == 2
    assert not any(t.fill == "toself" for t in roc.draw(stored).data)
    assert not any(t.fill == "toself" for t in roc.draw([curve(holdout_run().of("logistic"),
                                                              "roc")]).data)  # fmt: skip


def test_candidates_of_one_model_differ_by_their_lines() -> None:
    """One colour per model; nothing depends on colour alone."""
    found = curve(binary_run().of("logistic"), "roc")
    other = dataclasses.replace(found, candidate="cfs + none + logistic")
    a, b = [t for t in roc.draw([found, other]).data if t.mode == "lines" and t.x is not None
            and t.legendgroup and t.fill is None]  # fmt: skip
    assert a.line.color == b.line.color
    assert a.line.dash != b.line.dash


def test_the_confusion_chart_shows_every_count() -> None:
    """Cells carry counts and shares, and the title names the worst mistake."""
    matrix = confusion_matrix(multiclass_run().of("naive_bayes"))
    figure = confusion.draw(matrix)
    for i in range(3):
        for j in range(3):
            assert figure.data[0].text[i][j].startswith(f"{matrix.counts[i, j]:,.0f}<br>")
    worst = matrix.worst()
    assert worst is not None
    assert f"“{worst[0]}” are taken for “{worst[1]}”" in figure.layout.title.text
    perfect = dataclasses.replace(matrix, counts=np.diag([3.0, 4, 5]))
    assert confusion.draw(perfect).layout.title.text == "Every row is predicted right"


def test_the_threshold_chart_says_what_happens_at_the_threshold() -> None:
    """The title is the recall and precision that the slider gives; costs are a second axis."""
    prepared = thresholds(binary_run().of("logistic"))
    at = prepared.at(0.25).metrics
    figure = threshold_curve.draw(prepared, 0.25, matrix=CostMatrix(1, 3))
    title = figure.layout.title.text.replace("<br>", " ")
    assert f"{at['recall']:.0%} of the positives" in title
    assert f"{at['precision']:.0%} of the alarms" in title
    assert sum(t.yaxis == "y2" for t in figure.data) == 1
    assert figure.layout.yaxis.title.text == "Metric"
    assert figure.layout.yaxis2.title.text == "Cost per row"
    assert "no alarm" in threshold_curve.draw(prepared, 1.01).layout.title.text
    scores = thresholds(binary_run().of("svm_linear"))
    assert "score" in threshold_curve.draw(scores, 0.0).layout.xaxis.title.text


def test_the_calibration_title_tells_right_from_wrong() -> None:
    """Probabilities as drawn keep their promise; stretched ones are called too extreme."""
    rng = np.random.default_rng(3)
    p = rng.uniform(0.05, 0.95, 5000)
    y = rng.random(len(p)) < p
    logit = np.log(p / (1 - p))
    titles = [
        calibration.draw({"a": calibrate(y, q)}, ["logistic"]).layout.title.text
        for q in (p, 1 / (1 + np.exp(-2.5 * logit)), 1 / (1 + np.exp(-0.4 * logit)),
                  1 / (1 + np.exp(-logit - 1)))
    ]  # fmt: skip
    titles = [t.replace("<br>", " ") for t in titles]
    assert "keeps its promises" in titles[0]
    assert "too extreme" in titles[1]
    assert "too timid" in titles[2]
    assert "too high" in titles[3]
    both = {"a": calibrate(y, p), "b": calibrate(y, 1 / (1 + np.exp(-2.5 * logit)))}
    title = calibration.draw(both, ["logistic", "knn"]).layout.title.text
    assert title == "a keeps its promises; b is off by more than chance"
    named = {"a": "Forest, SMOTE", "b": "Forest, ENN"}
    off = calibration.draw(both | {"a": both["b"]}, ["logistic", "knn"], named).layout.title.text
    assert "Forest + SMOTE and Forest + ENN are off" in off.replace("<br>", " ")


def test_the_tied_group_is_marked_by_symbol_and_text() -> None:
    """A diamond and a bold name; the baseline has its own."""
    board = leaderboard(binary_run().result)
    figure = leaderboard_intervals.draw(board)
    dots = figure.data[-1]
    assert [s == "diamond" for s in dots.marker.symbol] == [r.tied for r in board.rows]
    above = [a.text for a in figure.layout.annotations]
    assert [t.startswith("<b>◆") for t in above] == [r.tied for r in board.rows]
    assert sum("dummy" in t for t in above) == 1
    assert f"{len(board.tied_with_best) - 1} candidates are tied" in figure.layout.title.text
    for x, text, row in zip(dots.x, above, board.rows, strict=True):
        mean = row.figures["roc_auc"].mean
        assert x == mean or (x is None and row.baseline and f"{mean:.4g}, outside" in text)


def test_boards_without_rank_or_interval_are_drawn() -> None:
    """A run that just began, one with a failure, and a hold-out."""
    empty = dataclasses.replace(binary_run().result, candidates=())
    assert isinstance(empty, RunResult)
    assert "No candidate" in leaderboard_intervals.draw(leaderboard(empty)).layout.title.text
    single = leaderboard(holdout_run().result)
    assert "single split" in leaderboard_intervals.draw(single).layout.title.text.replace(
        "<br>", " "
    )
    assert split_scores.draw(single).layout.title.text == "Scores by split"
    failed = leaderboard(with_failure(binary_run()))
    assert len(leaderboard_intervals.draw(failed).data[-1].x) == 4
    assert len(split_scores.draw(failed).data) == 4


def cut(result: RunResult, kept: dict[str, int]) -> RunResult:
    """The run as it stands when it is cancelled with so many splits of each candidate done."""
    return dataclasses.replace(
        result, state="cancelled",
        candidates=tuple(
            dataclasses.replace(
                c, status="cancelled" if kept[c.name] < result.n_splits else "finished",
                splits_done=kept[c.name], seen=tuple(range(kept[c.name])),
                scores={k: v[: kept[c.name]] for k, v in c.scores.items() if kept[c.name]},
            )
            for c in result.candidates
        ),
    )  # fmt: skip


def test_a_cancelled_run_is_drawn_as_far_as_it_came() -> None:
    """What has some splits is shown as partial, below what has all; nothing is said beyond that."""
    run = binary_run().result
    names = [c.name for c in run.candidates]
    board = leaderboard(cut(run, dict.fromkeys(names, 3)))
    figure = leaderboard_intervals.draw(board)
    said = figure.layout.title.text + figure.layout.title.subtitle.text.replace("<br>", " ")
    assert "No candidate finished all 10 splits, so nothing is ranked" in said
    assert f"Cancelled after {3 * len(names)} of {10 * len(names)} fits" in said
    assert "over 3 splits" in said
    assert "0 pairs" not in said
    assert len(figure.data[-1].x) == len(names)
    assert set(figure.data[-1].marker.symbol) == {"cross-thin-open"}
    assert all("partial: 3 of 10" in a.text for a in figure.layout.annotations)
    best = max(board.partial, key=lambda row: row.figures["roc_auc"].mean)
    assert figure.data[-1].customdata[0][0] == best.name.rpartition(" ")[2]
    all_of_one = dict.fromkeys(names, 3) | {names[1]: 10}
    one = leaderboard_intervals.draw(leaderboard(cut(run, all_of_one)))
    assert "logistic is the only candidate that finished" in one.layout.title.text
    assert [a.text.count("partial") for a in one.layout.annotations] == [0, *[1] * (len(names) - 1)]
    none = leaderboard_intervals.draw(leaderboard(cut(run, dict.fromkeys(names, 0))))
    assert not none.data
    assert "No candidate has a value" in none.layout.title.text


def test_split_scores_are_those_of_the_splits() -> None:
    """A line per candidate with each split's value, for any metric."""
    board = leaderboard(binary_run().result)
    for metric in (None, "accuracy"):
        figure = split_scores.draw(board, metric=metric)
        for row, trace in zip(board.rows, figure.data, strict=True):
            assert tuple(trace.y) == row.figures[metric or "roc_auc"].values


def test_the_front_is_drawn_as_a_line_and_full_markers() -> None:
    """Its points are the front's; the cheapest good enough is a star."""
    found = tradeoff(binary_run().result, cost="size_bytes")
    figure = pareto.draw(found)
    line, front, beaten = figure.data
    assert list(line.x) == [o.cost for o in found.front()]
    drawn, named = {*front.x, *beaten.x}, [a.text for a in figure.layout.annotations]
    far = [o for o in found.offers if o.cost not in drawn]
    assert all(o.baseline for o in far)
    assert sum("↓" in text for text in named) == len(far)
    assert "star" in [*front.marker.symbol, *beaten.marker.symbol]
    bare = dataclasses.replace(found, offers=(), best="", cheapest="")
    assert "No candidate" in pareto.draw(bare).layout.title.text


def test_a_baseline_far_below_is_named_at_the_edge_and_a_near_one_is_drawn():
    def offer(name: str, score: float, cost: float, baseline: bool = False) -> Offer:
        spread = 0.0 if baseline else 0.01
        return Offer(name, "ridge", score, score - spread, score + spread, 0.01, cost,
                     {"fit_seconds": cost}, baseline, False, False, baseline)  # fmt: skip

    two = (offer("a", 0.84, 2.0), offer("b", 0.85, 3.0))
    found = dataclasses.replace(tradeoff(binary_run().result), best="b", cheapest="b")
    for score, is_far in ((0.5, True), (0.83, False)):
        figure = pareto.draw(
            dataclasses.replace(found, offers=(*two, offer("zero", score, 1.0, True)))
        )
        points = [y for trace in figure.data if "markers" in trace.mode for y in trace.y]
        assert (score in points) != is_far
        assert any("zero 0.5" in a.text for a in figure.layout.annotations) == is_far
        shown = figure.layout.yaxis.range
        assert shown is None or (0.5 < shown[0] < 0.83 and shown[1] > 0.86)


@pytest.mark.parametrize(
    ("cost", "kind", "text"),
    [
        (0.0042, "fit_seconds", "4.2 ms"),
        (1.5, "fit_seconds", "1.5 s"),
        (3e-6, "predict_seconds_one_row", "3 µs"),
        (0.0, "fit_seconds", "0 µs"),
        (1.3e6, "size_bytes", "1.3 MB"),
        (12, "size_bytes", "12 bytes"),
        (5e9, "peak_memory_bytes", "5 GB"),
    ],
)
def test_costs_are_told_in_a_unit_that_suits(cost, kind, text) -> None:
    """Nobody reads 4.2e-03 seconds."""
    assert pareto.amount(cost, kind) == text


def test_wider_errors_at_high_predictions_are_said() -> None:
    """The title follows the groups' spread."""
    stored = regression_run().of("linear")
    assert stored.value is not None
    rng = np.random.default_rng(0)
    value = np.linspace(1, 100, len(stored.truth))
    fan = dataclasses.replace(stored, value=value, truth=value + rng.normal(0, value / 10))
    assert "wider at high" in residuals.draw(fitted_values(fan)).layout.title.text.replace(
        "<br>", " "
    )
    low = dataclasses.replace(stored, value=value, truth=value * 0.5 + 25 + rng.normal(0, 5, 442))
    title = predicted_against_actual.draw(fitted_values(low)).layout.title.text
    assert "predicts high values too high" in title or "predicts low values too low" in title


def test_the_rootogram_hangs_bars_from_what_is_expected() -> None:
    """Each bar ends at its expectation; a constant prediction is called over-dispersed."""
    found = count_frequencies(count_run().of("poisson"))
    bars = rootogram.draw(found).data[0]
    np.testing.assert_allclose(np.array(bars.base) + np.array(bars.y), np.sqrt(found.expected))
    constant = rootogram.draw(count_frequencies(count_run().of("dummy")))
    assert "times as" in constant.layout.title.text
    short = rootogram.draw(count_frequencies(count_run().of("poisson"), most=4))
    assert short.layout.xaxis.ticktext[-1] == "3+"


def test_many_rows_are_thinned_in_every_curve() -> None:
    """Twenty thousand scores make a chart of some hundred points."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 20_000)
    stored = predictions_of(y, 1 / (1 + np.exp(-rng.normal(y, 1))))
    for kind, module in CURVES.items():
        figure = module.draw([curve(stored, kind)])  # type: ignore[arg-type,attr-defined]
        assert sum(len(t.x) for t in figure.data) < 1100


def test_names_of_the_ranking_stand_above_their_rows_and_leave_the_width_to_the_intervals():
    """A long name keeps its model, selector and resampler, and fits on a telephone's width."""
    board = leaderboard(binary_run().result)
    long = "Histogram gradient boosting (rate 0.05), Correlation then L1, SMOTE (neighbours 3)"
    drawn = leaderboard_intervals.draw(board, {row.name: long for row in board.rows})
    assert not drawn.layout.yaxis.showticklabels
    for place, label in enumerate(drawn.layout.annotations):
        text = re.sub("</?b>|◆ |: [^:]*outside this picture", "", label.text)
        assert len(text) <= leaderboard_intervals.LONGEST + 4
        assert "SMOTE" in text
        assert (label.xref, label.y) == ("paper", place)
