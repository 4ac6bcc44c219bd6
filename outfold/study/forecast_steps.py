"""How long each step of a plan will take, before it is run.

Learnt from every step that this workspace ever measured; where nothing is measured yet, a built-in
table stands in. No heavy library is needed, so that a page can ask at each rerun.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from outfold.study.forecast_law import (
    NOISE,
    Ask,
    Estimate,
    Known,
    estimate,
    machine_speed,
)
from outfold.study.forecast_priors import law_of, target_of
from outfold.study.plan import Plan, Step
from outfold.study.records import Records
from outfold.study.timings import SERVE, Size, Timing, params_text
from outfold.study.tune.tuning import NO_TUNING, Tuning

UNKNOWN_SIZE = Size(0, 10, 10)
"""Columns that are assumed where nobody says how many there are."""
TRIAL = "trial"
TRIALS_DIFFER = 0.7
"""How much a model takes with the values that tuning tries, against those set, in log seconds."""
_BELOW = {"fit": (SERVE,), "tune": ("fit",)}
"""For a kind of step, the other kinds whose measured times say what it takes."""


def step_seconds(
    plan: Plan, records: Records, size: Size | None = None, tuning: Tuning = NO_TUNING
) -> dict[str, float]:
    """Wall seconds that each step of a plan will take, by key.

    Args:
        plan: The plan; its samples are plans of their own.
        records: Where measured steps are written down.
        size: Columns and width of the study's table, before preparation; see ``size_of_table``.
        tuning: The study's tuning, where it has some.
    """
    return {k: e.seconds for k, e in step_estimates(plan, records, size, tuning).items()}


def step_estimates(
    plan: Plan,
    records: Records,
    size: Size | None = None,
    tuning: Tuning = NO_TUNING,
    *,
    serves: bool = True,
) -> dict[str, Estimate]:
    """What each step of a plan will take and how sure that is, by key.

    A step that was computed before takes what it took then; others are judged by the measured
    steps of their strategy. The arguments are those of ``step_seconds``; ``serves`` says whether
    latency is measured on the first split, which samples of the rows do without.
    """
    pairs: list[tuple[str, str]] = [(step.kind, step.strategy) for step in plan.steps]
    pairs += [(kind, s.strategy) for s in plan.steps for kind in _BELOW.get(s.kind, ())]
    measured = records.latest_timings(list(dict.fromkeys(pairs)))
    same = records.timings([s.key for s in plan.steps] + [f"{SERVE}-{s.key}" for s in plan.steps])
    asks = _asks(plan, same, measured, size or UNKNOWN_SIZE, tuning)
    if not serves:
        asks = {key: a for key, a in asks.items() if a.kind != SERVE}
    found = _judged({k: a for k, a in asks.items() if k not in same}, measured)
    for key in asks.keys() & same.keys():
        looked = measured.get((asks[key].kind, asks[key].strategy), ())
        found[key] = Estimate(same[key].seconds, NOISE, 1, max(1, len(looked)))
    steps = plan.by_key()
    for step in plan.steps:
        if step.kind == "tune" and step.key not in same:
            found[step.key] = _tuned(step, steps, found, tuning)
    return {
        step.key: _with_serving(found[step.key], found.get(f"{SERVE}-{step.key}"))
        for step in plan.steps
    }


def _tuned(
    step: Step, steps: Mapping[str, Step], found: Mapping[str, Estimate], tuning: Tuning
) -> Estimate:
    """Each trial fits a model on each inner fold, and each fold is prepared once."""
    one = found[f"{TRIAL}-{step.key}"]
    before = 0.0
    at = step.parent
    while at in steps:
        before += found[at].seconds
        at = steps[at].parent
    seconds = tuning.folds * (before + tuning.most_trials * one.seconds)
    if tuning.seconds is not None:
        seconds = min(seconds, tuning.seconds + tuning.folds * (before + one.seconds))
    return dataclasses.replace(one, seconds=seconds, spread=math.hypot(one.spread, TRIALS_DIFFER))


def _with_serving(fit: Estimate, serving: Estimate | None) -> Estimate:
    if serving is None or fit.seconds + serving.seconds <= 0:
        return fit
    seconds = fit.seconds + serving.seconds
    spread = math.hypot(fit.seconds * fit.spread, serving.seconds * serving.spread) / seconds
    return dataclasses.replace(fit, seconds=seconds, spread=spread)


def _asks(
    plan: Plan,
    same: Mapping[str, Timing],
    measured: Mapping[tuple[str, str], list[Timing]],
    size: Size,
    tuning: Tuning,
) -> dict[str, Ask]:
    """How large each step of a plan is: known where it was computed before, else passed down."""
    classes = len(plan.classes)
    texts = {params: params_text(params) for params in {step.params for step in plan.steps}}
    ratios: dict[tuple[str, str, str], tuple[float, float, float]] = {}
    for timings in (*measured.values(), list(same.values())):
        for t in reversed(timings):  # the latest, and before it those of this very plan, count
            if out := t.out:
                ratios[t.kind, t.strategy, t.params] = (
                    out.rows / t.rows, out.columns / max(t.columns, 1), out.width / max(t.width, 1)
                )  # fmt: skip
    asks: dict[str, Ask] = {}
    given: dict[str, Size] = {}
    for step in plan.steps:
        rows = plan.train_sizes[step.split]
        taken = given.get(step.parent) or dataclasses.replace(size, rows=rows)
        text = texts[step.params]
        asks[step.key] = Ask(step.kind, step.strategy, text, taken, classes)
        if step.kind == "fit" and step.split == 0:
            asks[f"{SERVE}-{step.key}"] = Ask(SERVE, step.strategy, text, taken, classes)
        if step.kind == "tune":
            inner = dataclasses.replace(taken, rows=taken.rows - taken.rows // tuning.folds)
            asks[f"{TRIAL}-{step.key}"] = Ask("fit", step.strategy, text, inner, classes)
            given[step.key] = taken
            continue
        before = same.get(step.key)
        given[step.key] = (before.out if before else None) or _passed_on(
            taken, step, ratios.get((step.kind, step.strategy, text)), classes
        )
    return asks


def _passed_on(
    taken: Size, step: Step, ratio: tuple[float, float, float] | None, classes: int
) -> Size:
    if ratio is None:
        law = law_of(step.kind, step.strategy, target_of(classes))
        ratio = (law.rows_out, law.columns_out, law.width_out)
    columns = max(1, round(taken.columns * ratio[1]))
    return Size(
        max(1, round(taken.rows * ratio[0])), columns, max(columns, round(taken.width * ratio[2]))
    )


def _judged(
    asks: Mapping[str, Ask], measured: Mapping[tuple[str, str], list[Timing]]
) -> dict[str, Estimate]:
    """Estimates of steps that were never computed, each size once."""
    grouped: dict[tuple[str, str, bool], dict[Ask, list[str]]] = {}
    for key, ask in asks.items():
        group = grouped.setdefault((ask.kind, ask.strategy, ask.classes > 0), {})
        group.setdefault(ask, []).append(key)
    known = {}
    for kind, strategy, classified in grouped:
        law = law_of(kind, strategy, target_of(classified))
        timings = measured.get((kind, strategy), ())
        kept = [t for t in timings if (t.classes > 0) == classified]
        known[kind, strategy, classified] = law, Known.of(law, kept)
    machine = machine_speed([k for _, k in known.values()])
    found: dict[str, Estimate] = {}
    for name, group in grouped.items():
        law, of_strategy = known[name]
        distinct = list(group)
        for ask, judged in zip(
            distinct, estimate(law, of_strategy, distinct, machine), strict=True
        ):
            found |= dict.fromkeys(group[ask], judged)
    return found
