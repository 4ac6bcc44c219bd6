"""Who takes which step: little is held, little is copied, and what is long does not come last."""

from __future__ import annotations

import random

from outfold.study.order import Order
from outfold.study.plan import Step


def grid(splits: int, selectors: int = 2, resamplers: int = 2, models: int = 3) -> dict[str, Step]:
    """The steps of a study, parents before children."""
    steps: dict[str, Step] = {}

    def add(kind: str, strategy: str, parent: str, split: int) -> str:
        key = f"{parent}/{kind[0]}{strategy}"
        steps[key] = Step(key, kind, strategy, (), parent, split, f"{kind} {strategy}")
        return key

    for split in range(splits):
        prepared = add("prepare", "standard", str(split), split)
        for s in range(selectors):
            selected = add("select", str(s), prepared, split)
            for r in range(resamplers):
                resampled = add("resample", str(r), selected, split)
                for m in range(models):
                    add("fit", str(m), resampled, split)
    return steps


class Simulated:
    """Workers that compute the steps of an order in no real time.

    Attributes:
        held: For each moment, the roots whose table each worker holds.
        seconds: When the last step ended.
    """

    def __init__(
        self, steps: dict[str, Step], took: dict[str, float], workers: int, forecast: bool
    ):
        expected = (lambda step: took[step.strategy]) if forecast else (lambda step: 0.0)
        order = Order(steps, list(steps), expected)
        free = {str(w): 0.0 for w in range(workers)}
        busy: dict[str, tuple[float, str]] = {}
        now, self.placed, self.freed, self.largest = 0.0, {}, [], 0
        alive: set[str] = set()
        while order.unfinished:
            for worker in free:
                if worker not in busy and (step := order.next_for(worker, workers)) is not None:
                    order.sent(step.key, worker)
                    alive.add(step.key)
                    self.placed[step.key] = worker
                    busy[worker] = (now + took[step.strategy], step.key)
            worker = min(busy, key=lambda w: busy[w])
            now, key = busy.pop(worker)
            gone = order.ended(key)
            self.freed += gone
            alive -= set(gone)
            self.largest = max(self.largest, sum(steps[k].kind == "resample" for k in alive))
        self.seconds = now


def root_of(steps: dict[str, Step], key: str) -> str:
    """The preparation that a step stands on."""
    while steps[key].parent in steps:
        key = steps[key].parent
    return key


def seconds_of(fit: float = 1.0) -> dict[str, float]:
    """What each strategy takes."""
    return {"standard": 0.1} | {str(i): fit for i in range(9)}


def test_every_step_is_given_out_once_and_freed_once():
    """Nothing is forgotten, computed twice or held for ever."""
    steps = grid(5)
    done = Simulated(steps, seconds_of(), 3, forecast=False)
    assert sorted(done.placed) == sorted(steps)
    assert sorted(done.freed) == sorted(steps)


def test_a_split_stays_with_one_worker_while_there_are_splits_for_all():
    """As many splits as workers: no prepared table is ever copied."""
    steps = grid(3)
    placed = Simulated(steps, seconds_of(), 3, forecast=True).placed
    for split in {root_of(steps, k) for k in steps}:
        assert len({placed[k] for k in steps if root_of(steps, k) == split}) == 1


def test_one_branch_is_ended_before_the_next_is_opened():
    """A worker holds one resampled table at a time, whatever the number of branches."""
    steps = grid(1, selectors=4, resamplers=3)
    assert Simulated(steps, seconds_of(), 1, forecast=True).largest == 1


def test_an_idle_worker_helps_with_the_last_split():
    """Three splits on two workers end after half of the work, not after two splits."""
    steps = grid(3)
    took = seconds_of()
    total = sum(took[s.strategy] for s in steps.values())
    assert Simulated(steps, took, 2, forecast=True).seconds < 1.1 * total / 2


def test_a_step_longer_than_its_share_is_begun_first():
    """One long model among short ones: it does not begin when all else is done."""
    steps = grid(2, 1, 1, 3)
    took = {"standard": 0.1, "0": 0.1, "1": 0.1, "2": 10.0}
    known = Simulated(steps, took, 4, forecast=True).seconds
    assert known < 10.0 + 3 * 0.1 + 0.01


def test_what_a_step_took_on_one_split_is_expected_on_the_others():
    """Without any forecast the second split already has its long step first."""
    steps = grid(2, 1, 1, 3)
    order = Order(steps, list(steps), lambda step: 0.0)
    for key in [k for k in steps if root_of(steps, k).startswith("0/")]:
        order.sent(key, "a")
        order.ended(key)
    order.learn("0/pstandard/s0/r0/f1", 7.0)
    seen = []
    while (step := order.next_for("a", 1)) is not None:
        order.sent(step.key, "a")
        order.ended(step.key)
        seen.append(step.strategy)
    assert seen == ["standard", "0", "0", "1", "0", "2"]


def test_fits_that_are_not_wanted_take_their_branch_with_them():
    """When the last fit below a selection is dropped, the selection is not computed either."""
    steps = grid(1)
    order = Order(steps, list(steps), lambda step: 0.0)
    fits = [k for k in steps if steps[k].kind == "fit" and "/s1/" in k]
    for key in fits:
        order.ended(key)
    given = set()
    while (step := order.next_for("a", 1)) is not None:
        order.sent(step.key, "a")
        order.ended(step.key)
        given.add(step.key)
    assert not order.unfinished
    assert given == {k for k in steps if "/s1" not in k}


def test_a_lost_step_is_given_out_again_before_what_needs_it():
    """A prepared table that is gone is computed again first, by whoever is there."""
    steps = grid(1, 1, 1, 2)
    order = Order(steps, list(steps), lambda step: 0.0)
    for _ in range(3):
        step = order.next_for("a", 1)
        order.sent(step.key, "a")
        order.ended(step.key)
    order.gone("a")
    for key in list(steps)[:3]:
        order.lost(key)
    again = []
    while (step := order.next_for("b", 1)) is not None:
        order.sent(step.key, "b")
        order.ended(step.key)
        again.append(step.kind)
    assert again == ["prepare", "select", "resample", "fit", "fit"]
    assert not order.unfinished


def test_any_course_of_losses_ends_with_every_step_done():
    """Random deaths and losses never leave a step behind or free a result too early."""
    for seed in range(30):
        draw = random.Random(seed)
        steps = grid(3, 2, 2, 2)
        took = {key: draw.random() for key in steps}
        order = Order(steps, list(steps), lambda step, took=took: took[step.key])
        there: dict[str, str] = {}
        sent: list[str] = []
        while order.unfinished:
            step = order.next_for(draw.choice("ab"), 2)
            if step is not None:
                assert all(s.key in there or s.key in sent for s in order.above(step.key))
                order.sent(step.key, draw.choice("ab"))
                sent.append(step.key)
            elif not sent:
                continue
            if sent and draw.random() < 0.7:
                key = sent.pop(0)
                if draw.random() < 0.15:
                    lost = [
                        s.key for s in order.above(key) if s.key in there and draw.random() < 0.5
                    ]
                    lost.append(key)
                    below = [k for k in sent if any(a.key in lost for a in order.above(k))]
                    for k in [*lost, *below]:
                        order.lost(k)
                        there.pop(k, None)
                    sent = [k for k in sent if k not in below]
                else:
                    there[key] = "here"
                    for gone in order.ended(key):
                        there.pop(gone)
        assert not there
