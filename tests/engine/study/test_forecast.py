"""The forecast of a run: laws learnt from measured steps, scheduling, and what is said of it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from outfold.registry import FOLDERS, registry
from outfold.study.forecast import (
    Forecast,
    forecast,
    roughly,
    usual_workers,
    usually_off,
)
from outfold.study.forecast_law import Ask, Known, Law, estimate, features, machine_speed
from outfold.study.forecast_priors import law_of, overheads, table
from outfold.study.forecast_steps import step_seconds
from outfold.study.plan import Plan, Step
from outfold.study.records import Records
from outfold.study.schedule import makespan
from outfold.study.timings import Size, Timing, timings_of

ROOT = Path(__file__).resolve().parents[3]
KINDS = {"preparation": "prepare", "selector": "select", "resampler": "resample", "model": "fit"}


def timing(step: str, rows: int, seconds: float, **other) -> Timing:
    """A measured fit of a logistic regression on 10 columns."""
    values = {"kind": "fit", "strategy": "logistic", "params": "{}", "columns": 10, "width": 10,
              "classes": 2} | other  # fmt: skip
    return Timing(step=step, rows=rows, seconds=seconds, **values)


def ask(rows: int, params: str = "{}") -> Ask:
    """A fit of a logistic regression on 10 columns that is to be judged."""
    return Ask("fit", "logistic", params, Size(rows, 10, 10), 2)


LAW = Law(level=math.log(0.1), rows=1.0, columns=1.0, levels=1.0, classes=1.0,
          params={"n_estimators": (1.0, 100)}, spread=0.2)  # fmt: skip
SAME_MACHINE = (0.0, 0.0)


def judged(law: Law, timings: list[Timing], asked: Ask):
    return estimate(law, Known.of(law, timings), [asked], SAME_MACHINE)[0]


def test_without_measured_steps_the_built_in_law_speaks():
    """Twice the rows take twice as long under an exponent of one, and nothing is alike."""
    one, two = judged(LAW, [], ask(1000)), judged(LAW, [], ask(2000))
    assert one.seconds == pytest.approx(0.1)
    assert two.seconds == pytest.approx(0.2)
    assert one.alike == one.measured == 0
    assert one.spread > 0.5


def test_measured_steps_outweigh_the_built_in_law_where_they_lie():
    """Ten steps of the same size that took ten times as long are believed, and make it surer."""
    seen = [timing(str(i), 1000, 1.0) for i in range(10)]
    got = judged(LAW, seen, ask(1000))
    assert got.seconds == pytest.approx(1.0, rel=0.1)
    assert got.spread < 0.4
    assert got.alike == got.measured == 10


def test_exponents_are_learnt_and_shrunk_to_the_built_in_ones():
    """Steps that grow with the square of the rows pull the exponent from one towards two."""
    seen = [timing(str(n), n, 0.1 * (n / 1000) ** 2) for n in (500, 1000, 2000, 4000, 8000)]
    small, large = judged(LAW, seen, ask(8000)), judged(LAW, seen, ask(32000))
    exponent = math.log(large.seconds / small.seconds) / math.log(4)
    assert 1.2 < exponent < 2.0
    assert large.spread > small.spread


def test_one_far_step_moves_a_forecast_less_than_a_near_one():
    """A step a thousand times as small says less about this one than one of the same size."""
    near = judged(LAW, [timing("a", 10_000, 10.0)], ask(10_000))
    far = judged(LAW, [timing("a", 10, 0.01)], ask(10_000))
    assert near.seconds > far.seconds > judged(LAW, [], ask(10_000)).seconds
    assert near.spread < far.spread


def test_a_parameter_scales_the_time_as_the_law_says():
    """Twice the trees take about twice as long, also where only the default was measured."""
    seen = [timing(str(i), 1000, 0.2, params='{"n_estimators":100}') for i in range(5)]
    asked = [ask(1000, f'{{"n_estimators":{n}}}') for n in (100, 200)]
    once, twice = estimate(LAW, Known.of(LAW, seen), asked, SAME_MACHINE)
    assert 1.6 < twice.seconds / once.seconds < 2.1
    assert (once.alike, twice.alike) == (5, 0)


def test_a_slow_machine_is_noticed_over_all_strategies():
    """Several strategies that took three times as long as built in make the others slower too."""
    slow = [Known.of(LAW, [timing("a", 1000, 0.3)]) for _ in range(6)]
    shift, left = machine_speed(slow)
    assert 0.5 * math.log(3) < shift < math.log(3)
    assert left < machine_speed([])[1]
    assert machine_speed([])[0] == 0.0


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_strategy_has_a_measured_law(kind):
    """A fresh workspace can judge each built-in strategy; none is guessed from its kind."""
    laws = table()["laws"]
    for strategy in registry(kind):
        if strategy.build.__module__.startswith("outfold."):
            assert strategy.key in laws[KINDS[kind]], strategy.key
        classes = strategy.tasks[0] in ("binary", "multiclass")
        law = law_of(KINDS[kind], strategy.key, "classes" if classes else "numbers")
        assert np.isfinite([law.level, *law.exponents, law.spread]).all()
    assert all(seconds >= 0 for seconds in overheads())


def test_a_strategy_from_elsewhere_gets_the_middle_law_of_its_kind_and_a_wide_spread():
    """What was never measured is said to be unsure, not refused."""
    law = law_of("fit", "from_elsewhere", "classes")
    assert law.spread > 1
    assert -15 < law.level < 5


def chain(n: int) -> list[Step]:
    """One preparation with n fits below it."""
    return [Step("p", "prepare", "standard", (), "rows", 0, "prepare")] + [
        Step(f"f{i}", "fit", "logistic", (), "p", 0, f"fit {i}") for i in range(n)
    ]


def test_the_schedule_puts_long_steps_first():
    """By hand: after 1 second, 5, 4, 3, 3 and 3 on two workers take 10, longest first."""
    seconds = {"p": 1.0, "f0": 3.0, "f1": 3.0, "f2": 3.0, "f3": 4.0, "f4": 5.0}
    assert makespan(chain(5), seconds, 1) == pytest.approx(19.0)
    assert makespan(chain(5), seconds, 2) == pytest.approx(11.0)
    assert makespan(chain(5), seconds, 5) == pytest.approx(6.0)
    assert makespan([], {}, 2) == 0.0


def test_the_schedule_waits_for_what_comes_before():
    """A chain takes the sum of its steps however many workers there are."""
    steps = [Step(str(i), "fit", "logistic", (), str(i - 1), 0, "") for i in range(4)]
    assert makespan(steps, {s.key: 2.0 for s in steps}, 8) == pytest.approx(8.0)


def large_plan(n_models: int = 25, n_splits: int = 5) -> Plan:
    """A plan of about 500 steps."""
    steps, fits, selections = [], {}, {}
    for split in range(n_splits):
        steps.append(Step(f"p{split}", "prepare", "standard", (), "rows", split, "prepare"))
        for s in ("none", "cfs"):
            steps.append(Step(f"s{split}{s}", "select", s, (), f"p{split}", split, "select"))
            for r in ("none", "smote"):
                up = f"r{split}{s}{r}"
                steps.append(Step(up, "resample", r, (), f"s{split}{s}", split, "resample"))
                for m in range(n_models):
                    key = f"f{split}{s}{r}{m}"
                    params = (("C", 0.1 * (m + 1)),)
                    steps.append(Step(key, "fit", "logistic", params, up, split, "fit"))
                    fits.setdefault(f"{s}{r}{m}", []).append(key)
                    selections.setdefault(f"{s}{r}{m}", []).append(f"s{split}{s}")
    tupled = {n: tuple(k) for n, k in fits.items()}
    chosen = {n: tuple(k) for n, k in selections.items()}
    sizes = (1000,) * n_splits
    return Plan("study", tuple(steps), tupled, chosen, sizes, (250,) * n_splits, ("a", "b"))


def test_every_step_of_a_plan_is_judged_before_anything_was_measured(tmp_path):
    """A fresh workspace answers for each step with a positive, finite time."""
    plan = large_plan(2, 2)
    seconds = step_seconds(plan, Records(tmp_path / "db"))
    assert seconds.keys() == plan.by_key().keys()
    assert all(0 < s < 1000 for s in seconds.values())
    wider = step_seconds(plan, Records(tmp_path / "db"), Size(0, 100, 400))
    assert sum(wider.values()) > sum(seconds.values())


def test_a_step_that_was_computed_before_takes_what_it_took(tmp_path):
    """The same step has its own time; the rows that it gave on make those below it larger."""
    plan = large_plan(1, 2)
    records = Records(tmp_path / "db")
    before = step_seconds(plan, records)
    grown = Timing("r0nonesmote", "resample", "smote", "{}", 1000, 10, 10, 2, 12.5, 9000, 10, 10)
    records.add_step("x", "fit", {}, 0, 1.0, [grown])
    after = step_seconds(plan, records)
    assert after["r0nonesmote"] == pytest.approx(12.5)
    assert after["f0nonesmote0"] > 2 * before["f0nonesmote0"]
    # The other split's resampling was not measured, but passes on as much more.
    assert after["f1nonesmote0"] > 2 * before["f1nonesmote0"]


def test_a_fresh_workspace_is_brought_up_to_date_when_opened(tmp_path):
    """A workspace made before forecasts gets the columns they need, and keeps its runs."""
    import sqlite3

    path = tmp_path / "db"
    Records(path)
    with sqlite3.connect(path) as db:
        for column in ("predicted_seconds", "workers"):
            db.execute(f"ALTER TABLE runs DROP COLUMN {column}")
        db.execute("DROP TABLE timings")
        db.execute("INSERT INTO studies (key, body, created) VALUES ('k', '{}', 0)")
        db.execute("INSERT INTO runs (id, study, scheduler, state, created) "
                   "VALUES ('old', 'k', '', 'finished', 0)")  # fmt: skip
    records = Records(path)
    assert records.run("old").predicted_seconds is None
    records.set_forecast("old", 41.0, 2)
    assert records.run("old").predicted_seconds == 41.0
    assert records.latest_timings([("fit", "logistic")]) == {("fit", "logistic"): []}


def test_what_a_body_tells_becomes_timings_of_the_whole_chain():
    """Each step gives on what the one after it took; unknown sizes and times are left out."""
    steps = {s.key: s for s in chain(1)}
    body = {
        "logs": {
            "prepare": {"step_seconds": 0.5, "size": [800, 6, 20]},
            "fit": {"step_seconds": 2.0, "size": [800, 7, 18]},
        },
        "serving_seconds": 0.25,
    }
    prepared, fitted, served = timings_of(steps, "f0", body, 2)
    assert (prepared.seconds, prepared.size, prepared.out) == (0.5, Size(800, 6, 20),
                                                               Size(800, 7, 18))  # fmt: skip
    assert (fitted.step, fitted.seconds, fitted.out) == ("f0", 2.0, None)
    assert (served.kind, served.strategy, served.seconds) == ("serve", "logistic", 0.25)
    assert timings_of(steps, "f0", {"logs": {"fit": {"seconds": 1.0}}}, 2) == []


def test_the_latest_timings_of_a_strategy_are_the_newest_first(tmp_path):
    """Forecasts follow what the machine does now, and look at a limited number of steps."""
    records = Records(tmp_path / "db")
    for i in range(60):
        records.add_step(str(i), "fit", {}, 0, 1.0, [timing(f"t{i}", 1000, 1.0 + i)])
    found = records.latest_timings([("fit", "logistic"), ("fit", "knn")])
    assert found["fit", "knn"] == []
    assert found["fit", "logistic"][0].seconds == 60.0
    assert len(found["fit", "logistic"]) < 60
    assert records.timings(["t3", "nosuch"]).keys() == {"t3"}


def test_what_is_said_before_a_run():
    """Reused, computed, how long, and how sure: one sentence each."""
    made = Forecast(12, 60, 25, 80, 76.0, 41.3, 33.0, 52.0, 2, 31)
    assert made.sentence() == (
        "12 candidates, 60 fits: 25 reused, 35 to compute, about 40 s on 2 workers"
    )
    assert made.how_sure() == (
        "Most likely 35 s to 50 s (eight times in ten), judged by similar fits measured before for "
        "31 of the 35; the rest is a guess from other fits."
    )
    sure = Forecast(2, 10, 0, 30, 4.0, 4.0, 3.0, 5.0, 1, 0)
    assert sure.how_sure().endswith("no similar fit was measured here yet.")
    fresh = Forecast(2, 10, 0, 30, 4.0, 4.0, 2.0, 8.0, 1, 0)
    assert fresh.sentence() == "2 candidates, 10 fits to compute, about 4 s on 1 worker"
    assert "rough guess" in fresh.how_sure()
    nothing = Forecast(2, 10, 10, 0, 0.0, 0.1, 0.1, 0.1, 1, 0)
    assert nothing.sentence() == "2 candidates, 10 fits: all reused, nothing to compute"
    assert nothing.how_sure() == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (4.4, "4 s"), (41.3, "40 s"), (57.4, "55 s"), (75, "1 min"), (200, "3 min"),
     (1000, "15 min"), (4000, "1 h 5 min"), (40_000, "11 h")],
)  # fmt: skip
def test_times_are_rounded_to_what_a_forecast_can_bear(seconds, said):
    """Nobody is told 41.3 seconds."""
    assert roughly(seconds) == said


def test_the_workers_of_a_scheduler_are_those_of_its_last_run(workspace, monkeypatch):
    """Nobody knows a remote cluster's size before a run was made on it."""
    monkeypatch.setenv("OUTFOLD_WORKERS", "3")
    assert usual_workers(workspace, "") == 3
    address = "tcp://10.0.0.5:8786"
    assert usual_workers(workspace, address) == 0
    workspace.records.save_study("k", "{}")
    workspace.records.add_run("r", "k", address)
    workspace.records.set_forecast("r", 10.0, 7)
    assert usual_workers(workspace, address) == 7


def test_a_forecast_needs_no_heavy_library():
    """The page asks at each rerun, before anything was fitted."""
    code = (
        "import sys, json, outfold.study.forecast as f\n"
        "from outfold.study.forecast_priors import law_of\n"
        "law_of('fit', 'logistic', 'classes')\n"
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    heavy = {"sklearn", "imblearn", "scipy", "statsmodels", "distributed", "optuna", "lightgbm"}
    assert not heavy & set(json.loads(done.stdout))


def test_the_span_widens_with_how_far_off_earlier_runs_were(workspace):
    """A workspace whose runs took twice as long as foretold claims less than one that was right."""
    workspace.records.save_study("k", "{}")
    at_first = usually_off(workspace)

    def ended(run: str, predicted: float, took: float) -> None:
        workspace.records.add_run(run, "k", "", claimed=True)
        workspace.records.set_forecast(run, predicted, 2)
        workspace.records.add_events(run, [("finished", "f", "fit x", 1.0, "")])
        workspace.records.finish(run, "finished")
        with workspace.records.exclusive() as db:
            db.execute("UPDATE runs SET started = 0, finished = ? WHERE id = ?", (took, run))

    for i in range(6):
        ended(f"right {i}", 10.0, 10.0)
    right = usually_off(workspace)
    for i in range(6):
        ended(f"off {i}", 10.0, 20.0)
    off = usually_off(workspace)
    assert right < at_first < off < math.log(2.0)
    for i in range(20):
        ended(f"far off {i}", 1.0, 1e6)
    assert usually_off(workspace) < 1.5


def test_a_forecast_of_nothing_to_do_takes_the_run_alone(workspace):
    """Where everything is stored, no step is counted."""
    empty = Plan("study", (), {}, {}, (100,), (25,))
    made = forecast(workspace, empty, 2)
    assert (made.fits, made.steps, made.work_seconds) == (0, 0, 0.0)
    assert made.seconds == pytest.approx(overheads()[0])


def test_features_stand_at_zero_for_the_size_that_laws_are_given_at():
    """1,000 rows, 10 columns, no categories, two classes."""
    assert features(1000, 10, 10, 2) == (0.0, 0.0, 0.0, 0.0)
    assert features(1000, 10, 10, 0) == (0.0, 0.0, 0.0, 0.0)
