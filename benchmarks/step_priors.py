"""The built-in table of forecasts: what each strategy's steps take, as power laws.

Command: ``python benchmarks/step_priors.py [--seconds 12] [--only KIND[:STRATEGY] …] [--skip-run]``

Every strategy is run on generated tables of several sizes, mixes of types and targets, each numeric
parameter once with twice (or half) its default; processor seconds with one thread, least of two
where quick. The law is a fixed time plus a power of rows, columns, levels and classes, fitted to
the logarithm of the seconds and drawn weakly towards proportionality to each. ``run`` holds what a
run takes besides its steps, from a small and a large run of quick fits on two warm workers. Writes
``outfold/study/step_priors.json``; with ``--only`` the other entries stay as they are.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

from outfold.errors import OutfoldError
from outfold.registry import FOLDERS, Strategy, registry
from outfold.study import selecting
from outfold.study import steps as work
from outfold.study.defaults import default_study, with_target
from outfold.study.forecast_law import features
from outfold.study.forecast_priors import TABLE
from outfold.study.study import Choice, Study, Validation
from outfold.study.table import study_table
from outfold.study.worker import warm
from outfold.study.workspace import Workspace

KINDS = {"preparation": "prepare", "selector": "select", "resampler": "resample", "model": "fit"}
# Training rows, numbers, categories, levels of each, classes (0 for a number): small ones first.
SIZES = (
    (500, 10, 0, 0, 2), (500, 5, 5, 10, 2), (2000, 10, 0, 0, 2), (2000, 5, 5, 10, 2),
    (8000, 10, 0, 0, 2), (2000, 30, 0, 0, 2), (2000, 10, 0, 0, 4), (8000, 5, 5, 10, 2),
    (32000, 10, 0, 0, 2), (500, 0, 6, 8, 2), (2000, 0, 6, 8, 2), (8000, 0, 6, 8, 2),
    (500, 10, 0, 0, 0), (2000, 10, 0, 0, 0), (2000, 5, 5, 10, 0), (8000, 10, 0, 0, 0),
    (2000, 30, 0, 0, 0), (32000, 10, 0, 0, 0),
)  # fmt: skip
ALL_CATEGORIES = [size for size in SIZES if not size[1]]
"""For what takes nothing else."""
SERVING = ((500, 10, 0, 0, 2), (2000, 10, 0, 0, 2), (2000, 5, 5, 10, 2),
           (500, 10, 0, 0, 0), (2000, 10, 0, 0, 0), (2000, 5, 5, 10, 0))  # fmt: skip
BASE = {"classes": (2000, 10, 0, 0, 2), "numbers": (2000, 10, 0, 0, 0)}
MISFIT, EXPONENT, FIXED = 0.15, 0.5, 1.5
"""What a measurement, an exponent and the log of the fixed time may be off, in log seconds."""
LEAST_EXPONENT = 0.15
"""Parameters whose doubling changes the time by less than a tenth are left out."""
LEAST_SECONDS = 0.02
"""Seconds below which the effect of a parameter drowns in the noise."""
LONGEST = 1.5
"""Seconds above which no larger size of the same strategy is tried."""


def table_of(rows: int, numbers: int, categories: int, levels: int, classes: int) -> pd.DataFrame:
    """A table whose target depends on half of its columns."""
    rng = np.random.default_rng(rows + numbers + categories)
    latent = rng.normal(size=rows)
    frame = pd.DataFrame(
        {f"n{i}": rng.normal(size=rows) + (i % 2) * latent for i in range(numbers)}
    )
    for i in range(categories):
        codes = np.clip((rng.normal(size=rows) + (i % 2) * latent) * levels / 4 + levels / 2,
                        0, levels - 1).astype(int)  # fmt: skip
        frame[f"c{i}"] = pd.Categorical([f"level {c}" for c in codes])
    score = latent + 0.5 * rng.normal(size=rows)
    if not classes:
        return frame.assign(target=np.exp(0.5 * score))
    edges = np.quantile(score, np.linspace(0.8, 0.97, classes - 1))
    return frame.assign(target=pd.Categorical([f"class {c}" for c in np.digitize(score, edges)]))


@dataclasses.dataclass
class Bench:
    """One size: its study, loaded table and the split prepared by default."""

    study: Study
    loaded: Any
    prepared: Any
    selected: Any
    resampled: Any
    classes: int

    @classmethod
    def of(cls, workspace: Workspace, size: tuple[int, int, int, int, int]) -> Bench:
        """A table of some size with everything that the steps to be timed take."""
        rows, *mix, classes = size
        # Five folds: four fifths of the rows are trained on.
        frame = table_of(rows * 5 // 4, *mix, classes)
        dataset = workspace.datasets.add_frame(frame, f"table {size}")
        kept = workspace.datasets.frame(dataset.key)
        task = "regression" if not classes else "binary" if classes == 2 else "multiclass"
        study = with_target(default_study(dataset, kept), dataset, kept, "target", task)
        study = study.replace(validation=Validation(study.validation.scheme, folds=5))
        loaded = work.with_splits(study_table(workspace, study), study)
        prepared = work.prepare(loaded, study, 1, *complete("preparation", study.preparation))
        selected = selecting.select(prepared, study, "none", {})
        resampled = work.resample(prepared, selected, study, "none", {})
        return cls(study, loaded, prepared, selected, resampled, classes)

    def call(self, kind: str, strategy: str, params: dict[str, Any]) -> Callable[[], Any]:
        """One step of a kind."""
        study = self.study
        if kind == "prepare":
            return lambda: work.prepare(self.loaded, study, 1, strategy, params)
        if kind == "select":
            return lambda: selecting.select(self.prepared, study, strategy, params)
        if kind == "resample":
            return lambda: work.resample(self.prepared, self.selected, study, strategy, params)
        return lambda: work.fit(
            self.loaded, self.prepared, self.selected, self.resampled, study, 1, strategy, params
        )

    def serve(self, strategy: str, params: dict[str, Any]) -> float:
        """Processor seconds of measuring a model's latency: a fit with it less one without."""

        def fit(split: int) -> float:
            began = time.process_time()
            work.fit(
                self.loaded, self.prepared, self.selected, self.resampled, self.study, split,
                strategy, params,
            )  # fmt: skip
            return time.process_time() - began

        return max(fit(0) - fit(1), 1e-3)

    def sizes(self, kind: str, result: Any) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        """Rows, columns and width that a step took and gave on."""
        if kind == "fit":
            return tuple(result.body["logs"]["fit"]["size"]), (0, 0, 0)
        if kind == "select":
            out = work.size_of(work.keep(self.prepared.train, result.selection))
        else:
            out = work.size_of(result.train if kind == "prepare" else result.frame)
        return tuple(result.log.size), out


def complete(kind: str, choice: Choice) -> tuple[str, dict[str, Any]]:
    strategy = registry(kind)[choice.key]
    return strategy.key, strategy.complete(dict(choice.params))


def measured(call: Callable[[], Any]) -> tuple[float, Any]:
    """Least processor seconds of one or two calls, and what it gave."""
    least = math.inf
    for _ in range(2):
        began = time.process_time()
        result = call()
        least = min(least, time.process_time() - began)
        if least > 0.3:
            break
    return max(least, 1e-4), result


def laws_of(benches: dict[Any, Bench], strategy: Strategy, budget: float) -> dict[str, Any]:
    """The laws of one strategy's step, for classes and for numbers."""
    kind, defaults = KINDS[strategy.kind], strategy.defaults()
    found: dict[str, Any] = {}
    for target in ("classes", "numbers"):
        sizes = [s for s in SIZES if bool(s[-1]) == (target == "classes")]
        rows, outs, spent, too_long, only = [], [], 0.0, 0, False
        for size in sizes:
            bench = benches[size]
            if strategy.available(bench.loaded.table.facts) or spent > budget:
                continue
            if (too_long and size[0] > too_long) or (size in ALL_CATEGORIES and rows and not only):
                continue
            only = size in ALL_CATEGORIES
            began = time.process_time()
            try:
                call = bench.call(kind, strategy.key, defaults)
                if not rows:
                    call()  # what is imported or compiled at first does not count
                    began = time.process_time()
                seconds, result = measured(call)
                taken, out = bench.sizes(kind, result)
            except OutfoldError as error:
                print(f"  {strategy.key} {size}: {error}", file=sys.stderr)
                continue
            spent += time.process_time() - began
            too_long = size[0] if seconds > LONGEST and not too_long else too_long
            rows.append((taken, bench.classes, seconds))
            if all(out):
                outs.append([math.log(b / a) for a, b in zip(taken, out, strict=True)])
        if not rows:
            continue
        law, params = fitted(rows), {}
        if spent < budget and not strategy.available(benches[BASE[target]].loaded.table.facts):
            params = exponents_of(benches[BASE[target]], kind, strategy, budget, law["fixed"])
        names = ("rows_out", "columns_out", "width_out")
        ratio = np.exp(np.median(outs, axis=0)) if outs else np.ones(3)
        given = dict(zip(names, ratio.round(3).tolist(), strict=True))
        found.setdefault(kind, {})[target] = law | {"params": params} | given
    return found


def serving_of(benches: dict[Any, Bench], strategy: Strategy) -> dict[str, Any]:
    """The laws of measuring a model's latency, from a few sizes: it has a budget of time."""
    found: dict[str, Any] = {}
    for target in ("classes", "numbers"):
        rows = []
        for size in SERVING:
            bench = benches[size]
            if bool(size[-1]) != (target == "classes") or strategy.available(
                bench.loaded.table.facts
            ):
                continue
            name, params = strategy.key, strategy.defaults()
            done = bench.call("fit", name, params)()
            taken, _ = bench.sizes("fit", done)
            rows.append((taken, bench.classes, bench.serve(name, params)))
        if rows:
            found[target] = fitted(rows) | {"params": {}}
    return found


def exponents_of(
    bench: Bench, kind: str, strategy: Strategy, budget: float, fixed: float
) -> dict[str, tuple[float, float]]:
    """For each numeric parameter that matters: exponent of the time over its default."""
    defaults = strategy.defaults()
    base = measured(bench.call(kind, strategy.key, defaults))[0]
    if not LEAST_SECONDS < base < budget / 4 or base <= 1.2 * fixed:
        return {}
    found = {}
    for param in strategy.params:
        default = param.default
        if param.kind not in ("int", "float") or not isinstance(default, int | float):
            continue
        if default <= 0:
            continue
        high = math.inf if param.high is None else param.high
        value = 2 * default if 2 * default <= high else default / 2
        value = type(default)(value)
        if value == default or (param.low is not None and value < param.low):
            continue
        try:
            took = measured(bench.call(kind, strategy.key, defaults | {param.key: value}))[0]
        except OutfoldError:
            continue
        ratio = max(took - fixed, 0.1 * base) / (base - fixed)
        exponent = math.log(ratio) / math.log(value / default)
        if abs(exponent) >= LEAST_EXPONENT:
            found[param.key] = (round(exponent, 2), default)
    return found


def fitted(rows: list[tuple[tuple[int, int, int], int, float]]) -> dict[str, float]:
    """The fixed time and the power law through some measurements."""
    from scipy.optimize import least_squares

    at = np.array([features(*size, classes) for size, classes, _ in rows])
    y = np.log([seconds for *_, seconds in rows])
    least = float(y.min())

    def off(p: np.ndarray) -> np.ndarray:
        expected = np.logaddexp(p[0], p[1] + at @ p[2:])
        return np.concatenate(
            [(expected - y) / MISFIT, (p[2:] - 1) / EXPONENT, [(p[0] - least + 1) / FIXED]]
        )

    best = least_squares(off, np.array([least - 1, y.mean(), 1, 1, 1, 1])).x
    misfit = (np.logaddexp(best[0], best[1] + at @ best[2:]) - y) ** 2
    # As if one more measurement had been off by twice what is usual: few say little.
    spread = math.sqrt((misfit.sum() + (2 * MISFIT) ** 2) / len(rows))
    named = dict(zip(("rows", "columns", "levels", "classes"), best[2:], strict=True))
    law = {"level": best[1], **named, "spread": spread}
    return {k: round(float(v), 3) for k, v in law.items()} | {
        "fixed": float(f"{math.exp(best[0]):.3g}")
    }


def run_overheads() -> dict[str, float]:
    """What a run takes besides its steps: once, and for each step."""
    from outfold.study.cluster import connected
    from outfold.study.execute import execute
    from outfold.study.run import new_run, plan_of
    from outfold.study.schedule import makespan

    frame = table_of(500, 10, 0, 0, 2)
    points = []
    with connected("", 2) as client, tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        dataset = workspace.datasets.add_frame(frame, "quick")
        kept = workspace.datasets.frame(dataset.key)
        study = with_target(default_study(dataset, kept), dataset, kept, "target", "binary")
        few = study.replace(models=(Choice("naive_bayes"),), validation=Validation(folds=2))
        many = study.replace(
            models=tuple(Choice.of("naive_bayes", smoothing=0.1 * (i + 1)) for i in range(6)),
            validation=Validation(folds=10, repeats=2),
        )
        for number, asked in enumerate((few.replace(seed=9), few, many)):
            run = new_run(workspace, asked, "", claimed=True)
            began = time.perf_counter()
            execute(workspace, run, client)
            took = time.perf_counter() - began
            plan = plan_of(workspace, run)
            assert plan is not None
            timings = workspace.records.timings([s.key for s in plan.steps])
            serving = workspace.records.timings([f"serve-{s.key}" for s in plan.steps])
            seconds = {
                s.key: timings[s.key].seconds
                + (serving[f"serve-{s.key}"].seconds if f"serve-{s.key}" in serving else 0.0)
                for s in plan.steps
            }
            if number:  # the first warms the workers
                points.append((len(plan.steps), took - makespan(plan.steps, seconds, 2)))
    (a, first), (b, second) = points
    each = max(0.0, (second - first) / (b - a))
    # Two workers share the steps, and the forecast adds to each step what it costs its worker.
    return {
        "fixed_seconds": round(max(0.0, first - a * each), 3),
        "seconds_per_step": round(2 * each, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=12, help="about, for each strategy")
    parser.add_argument("--only", nargs="*", default=[], metavar="KIND[:STRATEGY]")
    parser.add_argument("--skip-run", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    written = json.loads(TABLE.read_text()) if TABLE.exists() else {"laws": {}, "run": {}}
    warm()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        benches = {size: Bench.of(workspace, size) for size in SIZES}
        for kind in FOLDERS:
            for strategy in registry(kind):
                began = time.perf_counter()
                found = {}
                if is_asked(options.only, KINDS[kind], strategy.key):
                    found |= laws_of(benches, strategy, options.seconds)
                if kind == "model" and is_asked(options.only, "serve", strategy.key):
                    found["serve"] = serving_of(benches, strategy)
                if not found:
                    continue
                for name, laws in found.items():
                    written["laws"].setdefault(name, {})[strategy.key] = laws
                print(f"{kind} {strategy.key}: {time.perf_counter() - began:.1f} s", flush=True)
                save(written)
    if not options.skip_run:
        written["run"] = run_overheads()
        print(written["run"])
    save(written)


def is_asked(only: list[str], kind: str, strategy: str) -> bool:
    """Whether a strategy's laws are wanted."""
    return not only or bool({kind, f"{kind}:{strategy}"} & set(only))


def save(written: dict[str, Any]) -> None:
    from importlib.metadata import version

    written["measured_with"] = {
        name: version(name) for name in ("scikit-learn", "imbalanced-learn", "lightgbm", "pandas")
    }
    TABLE.write_text(json.dumps(written, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
