"""Which step each worker takes next, so that little is held, copied or left for last.

The rules, in this order of weight:

* A step that would outlast an even share of everything that is left is started at once: what is
  started last should be short (Graham 1969, longest processing time first).
* A worker stays with the split whose prepared table it holds, and goes down one branch (selector,
  resampler) to its end before it opens the next, so that resampled tables are few and gone soon.
  Branches and models that take long come first.
* A worker without such a split opens one that nobody has. Only when there is none left does it
  help another worker, with what takes longest there; without shared storage the prepared table is
  then copied.

Times are forecasts, replaced by what the same step took on another split as soon as that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from outfold.study.plan import Step


@dataclass(slots=True, eq=False)
class _Node:
    step: Step
    depth: int
    root: str
    children: list[_Node] = field(default_factory=list)
    parent: _Node | None = None
    seconds: float = 0.0
    left: float = 0.0
    """Expected seconds of what is not sent yet, here and below."""
    open: int = 0
    """Steps below that have not ended."""
    state: Literal["waiting", "sent", "ended"] = "waiting"
    worker: str = ""
    known_chain: float | None = None
    turn: tuple[int, int] = (0, 0)

    def chain(self) -> float:
        """Expected seconds of the longest way from here down."""
        if self.known_chain is None:
            below = (c.chain() for c in self.children if c.state == "waiting")
            self.known_chain = self.seconds + max(below, default=0.0)
        return self.known_chain


class Order:
    """The steps of a run that are to be computed, and who computes which.

    Args:
        steps: Every step of the plan by key.
        wanted: Those to compute, with all steps before them.
        expected: Seconds that a step is expected to take; 0 where nothing is known.
        turn: A step's stage and the place of its split: what is of an earlier stage is taken first
            whenever it can be, and splits are opened by their place. By default one stage, and
            splits in their own order.
    """

    def __init__(
        self,
        steps: Mapping[str, Step],
        wanted: Iterable[str],
        expected: Callable[[Step], float],
        turn: Callable[[Step], tuple[int, int]] = lambda step: (0, step.split),
    ) -> None:
        chosen = set(wanted)
        self._nodes: dict[str, _Node] = {}
        self._twins: dict[tuple[object, ...], list[_Node]] = {}
        self._holders: dict[str, set[str]] = {}
        for key, step in steps.items():  # parents before children
            if key not in chosen:
                continue
            parent = self._nodes.get(step.parent)
            node = _Node(step, parent.depth + 1 if parent else 0, parent.root if parent else key)
            node.seconds = expected(step)
            node.parent, node.turn = parent, turn(step)
            self._nodes[key] = node
            self._twins.setdefault(self._lineage(node), []).append(node)
            for above in self._above(node):
                above.open += 1
                above.left += node.seconds
            node.left = node.seconds
            if parent:
                parent.children.append(node)
        self.unfinished = len(self._nodes)
        self._roots = [n for n in self._nodes.values() if n.parent is None]
        self._ready = {n.step.key: n for n in self._roots}

    def above(self, key: str) -> list[Step]:
        """The steps before one, the first first: those whose results it takes."""
        return [n.step for n in reversed(list(self._above(self._nodes[key])))]

    def seconds(self, key: str) -> float:
        """What a step is expected to take; 0 where nothing is known."""
        return self._nodes[key].seconds

    def next_for(self, worker: str, n_workers: int) -> Step | None:
        """The step that a worker should take next, or None where none can be taken now."""
        offered = [n for n in self._ready.values() if self._can_begin(n, worker)]
        if not offered:
            return None
        stage = min(n.turn[0] for n in offered)
        offered = [n for n in offered if n.turn[0] == stage]
        share = sum(n.left for n in self._roots) / n_workers
        longest = max(offered, key=_Node.chain)
        if 0 < share < longest.chain():
            return longest.step
        return min(offered, key=lambda n: self._rank(n, worker)).step

    def _can_begin(self, node: _Node, worker: str) -> bool:
        """Whether all that a step needs is there, or comes before it on the same worker."""
        parent = node.parent
        if parent is None:
            return True
        if parent.state != "ended" and parent.worker != worker:
            return False
        return all(above.state != "waiting" for above in self._above(node))

    def _rank(self, node: _Node, worker: str) -> tuple[float, ...]:
        holders = self._holders.get(node.root, set())
        if node.parent is not None and node.parent.worker == worker:
            return (0, -node.depth, -node.left, node.step.split)
        if worker in holders:
            return (1, -node.depth, -node.left, node.step.split)
        if not holders:
            return (2, node.turn[1], node.depth, -node.left)
        # The split with most left to do, and of it a branch of its own rather than a twig.
        return (3, -self._nodes[node.root].left, node.depth, -node.left)

    def sent(self, key: str, worker: str) -> None:
        """A step was given to a worker."""
        node = self._nodes[key]
        node.state, node.worker = "sent", worker
        self._holders.setdefault(node.root, set()).add(worker)
        self._ready.pop(key, None)
        self._take(node, -node.seconds)
        for child in node.children:
            if child.state == "waiting":
                self._ready[child.step.key] = child

    def ended(self, key: str) -> list[str]:
        """A step has its result, failed, or is not wanted any more.

        Returns:
            The steps whose results no step needs from now on.
        """
        node = self._nodes[key]
        if node.state == "ended":
            return []
        if node.state == "waiting":
            self._take(node, -node.seconds)
            self._ready.pop(key, None)
        node.state = "ended"
        self.unfinished -= 1
        freed = [] if node.open else [key]
        for above in self._above(node):
            above.open -= 1
        for above in self._above(node):
            if above.open:
                break
            if above.state == "waiting":  # all that it was wanted for is not wanted any more
                return freed + self.ended(above.step.key)
            if above.state == "ended":
                freed.append(above.step.key)
        return freed

    def lost(self, key: str) -> None:
        """The result of a step, or the step itself, is gone: it is to be sent again."""
        node = self._nodes[key]
        if node.state == "waiting":
            return
        if node.state == "ended":
            self.unfinished += 1
            for above in self._above(node):
                above.open += 1
        node.state, node.worker = "waiting", ""
        self._take(node, node.seconds)
        if node.parent is None or node.parent.state != "waiting":
            self._ready[key] = node
        for child in node.children:
            self._ready.pop(child.step.key, None)

    def gone(self, worker: str) -> None:
        """A worker left; what it held or was given is with another now, or computed anew."""
        for holders in self._holders.values():
            holders.discard(worker)
        for node in self._nodes.values():
            if node.worker == worker:
                node.worker = ""

    def is_open(self, key: str) -> bool:
        """Whether a step is still to be computed or being computed."""
        return key in self._nodes and self._nodes[key].state != "ended"

    def learn(self, key: str, seconds: float) -> None:
        """Expect of the same step on other splits what it took on this one."""
        if key not in self._nodes:
            return
        for twin in self._twins[self._lineage(self._nodes[key])]:
            change, twin.seconds = seconds - twin.seconds, seconds
            if twin.state == "waiting":
                self._take(twin, change)

    def _take(self, node: _Node, seconds: float) -> None:
        """Change what is left to do at a step and above it."""
        for place in (node, *self._above(node)):
            place.left += seconds
            place.known_chain = None

    @staticmethod
    def _above(node: _Node) -> Iterator[_Node]:
        while node.parent is not None:
            node = node.parent
            yield node

    def _lineage(self, node: _Node) -> tuple[object, ...]:
        """What a step does, whatever the split; on a sample the same step takes another time."""
        chain = [node, *self._above(node)]
        does = [(n.step.kind, n.step.strategy, n.step.params) for n in chain]
        return (node.turn[0], *does)
