"""Strongly associated columns as a network, with a place for each column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from outfold.errors import ParameterError
from outfold.explore.associations import Associations, Pair
from outfold.explore.measures import Floats, Ints
from outfold.explore.redundancy import Redundancy

MOST_LINKS = 400
"""Links that are kept, the strongest; more are a blot."""
MOST_NODES = 150
"""Columns that are kept, those with the strongest links."""
USUAL = 0.5
"""The least strength of a link, unless that gives too many or too few."""
READABLE = (60, 150)
"""Columns and links up to which a picture is read without zooming."""
FEW = 3
"""Links that a picture should have, where weaker ones are there."""
LOWEST, HIGHEST, STEP = 0.1, 0.99, 0.01
"""Between which thresholds are offered."""
STEPS = 120
"""Rounds of moving the columns; places change little after some dozens."""


@dataclass(frozen=True, slots=True)
class Node:
    """A column with at least one link.

    Attributes:
        column: The column.
        x: Its place, in units of about one step between neighbours.
        y: Likewise.
        group: Which redundancy group it belongs to, counted from 0; -1 for none.
        relevance: Its association with the target, 0 to 1; NaN where unknown.
        links: How many links it has.
        is_target: Whether it is the target.
    """

    column: str
    x: float
    y: float
    group: int
    relevance: float
    links: int
    is_target: bool


@dataclass(frozen=True, slots=True)
class Link:
    """Two columns that are strongly associated.

    Attributes:
        a: Place of the first in the nodes.
        b: Of the second.
        strength: 0 to 1.
        pair: What was measured.
    """

    a: int
    b: int
    strength: float
    pair: Pair


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The strong links of a table.

    Attributes:
        nodes: The columns that have a link.
        links: The strongest first.
        threshold: The least strength of a link, 0 to 1.
        n_links: Links that reach it; not all may be kept.
        n_columns: Columns of the table, with or without a link.
        parts: How many separate nets the links form.
        strongest: The strongest pair of all, also below the threshold; None without any.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    threshold: float
    n_links: int
    n_columns: int
    parts: int
    strongest: Pair | None


def network(
    associations: Associations,
    relevance: Mapping[str, float] | None = None,
    redundancy: Redundancy | None = None,
    *,
    threshold: float = 0.5,
    target: str | None = None,
) -> Network:
    """Link the columns whose association reaches a threshold, and give each a place.

    Places are found by stress majorisation (Gansner, Koren & North 2005) from a classical scaling
    of the distances along the links, so the same table always has the same picture. Nets that are
    not connected are placed beside each other, the largest first.

    Args:
        associations: Of all pairs.
        relevance: Each column's association with the target, 0 to 1.
        redundancy: Groups of columns that say nearly the same.
        threshold: The least strength of a link, above 0 and at most 1.
        target: The column that is predicted.

    Raises:
        ParameterError: The threshold is not between 0 and 1.
    """
    if not 0 < threshold <= 1:
        raise ParameterError(f"The threshold is {threshold}.", "Take more than 0 and at most 1.")
    strength = associations.strength()
    ranked = associations.strongest()
    reaching = ranked[strength[ranked] >= threshold - 1e-12]
    best = associations.at(int(ranked[0])) if len(ranked) else None
    kept = _kept(associations, reaching[:MOST_LINKS])
    used = np.unique(np.concatenate([associations.first[kept], associations.second[kept]]))
    if not len(kept):
        return Network((), (), threshold, 0, len(associations.columns), 0, best)
    inside = np.full(len(associations.columns), -1, dtype=np.intp)
    inside[used] = np.arange(len(used))
    a, b = inside[associations.first[kept]], inside[associations.second[kept]]
    place, parts = _places(len(used), a, b, 1.6 - strength[kept])
    groups = (
        {c: i for i, g in enumerate(redundancy.groups) for c in g.members} if redundancy else {}
    )
    degree = np.bincount(np.concatenate([a, b]), minlength=len(used))
    names = [associations.columns[i] for i in used]
    nodes = tuple(
        Node(
            name,
            float(place[i, 0]),
            float(place[i, 1]),
            groups.get(name, -1),
            float((relevance or {}).get(name, np.nan)),
            int(degree[i]),
            name == target,
        )
        for i, name in enumerate(names)
    )
    links = tuple(
        Link(int(i), int(j), float(strength[k]), associations.at(int(k)))
        for i, j, k in zip(a, b, kept, strict=True)
    )
    return Network(nodes, links, threshold, len(reaching), len(associations.columns), parts, best)


def links_from(associations: Associations, threshold: float) -> tuple[int, int]:
    """How many pairs reach a threshold, 0 to 1, and how many columns these are."""
    reaching = np.flatnonzero(associations.strength() >= threshold - 1e-12)
    ends = np.concatenate([associations.first[reaching], associations.second[reaching]])
    return len(reaching), len(np.unique(ends))


def fitting_threshold(associations: Associations) -> float:
    """The least strength of a link that gives a picture which can be read.

    ``USUAL``; raised step by step while there are more columns or links than ``READABLE``, or
    lowered to 0.3 while there are fewer links than ``FEW``.
    """

    def readable(threshold: float) -> bool:
        links, columns = links_from(associations, threshold)
        return columns <= READABLE[0] and links <= READABLE[1]

    threshold = USUAL
    while threshold < HIGHEST and not readable(threshold):
        threshold = round(threshold + STEP, 2)
    while threshold <= USUAL and threshold > 0.3 and links_from(associations, threshold)[0] < FEW:
        if not readable(round(threshold - STEP, 2)):
            break
        threshold = round(threshold - STEP, 2)
    return threshold


def _kept(associations: Associations, links: Ints) -> Ints:
    """The strongest links, until there are as many columns as a picture takes."""
    seen: set[int] = set()
    kept = []
    for k in links:
        both = {int(associations.first[k]), int(associations.second[k])}
        if len(seen | both) <= MOST_NODES:
            seen |= both
            kept.append(int(k))
    return np.array(kept, dtype=np.intp)


def _places(n: int, a: Ints, b: Ints, length: Floats) -> tuple[Floats, int]:
    """Where each column stands, shape (n, 2), and how many separate nets there are."""
    from scipy import sparse
    from scipy.sparse import csgraph

    graph = sparse.csr_array((length, (a, b)), shape=(n, n))
    parts, label = csgraph.connected_components(graph, directed=False)
    distance = csgraph.shortest_path(graph, directed=False)
    boxes = []
    for part in range(parts):
        own = np.flatnonzero(label == part)
        boxes.append((own, _net(distance[np.ix_(own, own)])))
    boxes.sort(key=lambda box: (-len(box[0]), int(box[0][0])))
    return _beside_each_other(n, boxes), parts


def _net(distance: Floats) -> Floats:
    """Places in the plane whose distances are near those along the links."""
    n = len(distance)
    if n == 1:
        return np.zeros((1, 2))
    if n == 2:
        return np.array([[0.0, 0.0], [distance[0, 1], 0.0]])
    square = distance**2
    about = -0.5 * (square - square.mean(0) - square.mean(0)[:, None] + square.mean())
    size, axes = np.linalg.eigh(about)
    # Signs of eigenvectors are arbitrary; fixing them makes the picture the same everywhere.
    axes = axes[:, ::-1][:, :2] * np.sqrt(np.maximum(size[::-1][:2], 1e-9))
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    turn = 2 * np.pi * np.arange(n) * 0.381966
    place = axes + 0.05 * np.column_stack([np.cos(turn), np.sin(turn)])
    weight = 1.0 / np.where(distance > 0, distance, 1.0) ** 2
    np.fill_diagonal(weight, 0.0)
    laplace = np.diag(weight.sum(axis=1)) - weight
    inverse = np.linalg.pinv(laplace)
    for _ in range(STEPS):
        gap = np.linalg.norm(place[:, None] - place[None], axis=2)
        pull = -weight * distance / np.maximum(gap, 1e-9)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        place = inverse @ (pull @ place)
    return _apart(place)


def _apart(place: Floats, least: float = 0.55) -> Floats:
    """Columns that came to stand on each other, moved aside."""
    for _ in range(60):
        step = place[:, None] - place[None]
        gap = np.linalg.norm(step, axis=2)
        np.fill_diagonal(gap, np.inf)
        if gap.min() >= least:
            break
        push = np.maximum(0.0, least - gap) / 2
        place = place + (step / np.maximum(gap, 1e-9)[..., None] * push[..., None]).sum(axis=1)
    return place


def _beside_each_other(n: int, boxes: list[tuple[Ints, Floats]]) -> Floats:
    """Nets in rows from left to right, together a little wider than high."""
    place = np.zeros((n, 2))
    sizes = [np.ptp(net, axis=0) + 1.4 for _, net in boxes]
    widest = max(float(np.sqrt(1.3 * sum(w * h for w, h in sizes))), max(w for w, _ in sizes))
    x = y = tall = 0.0
    for (own, net), (wide, high) in zip(boxes, sizes, strict=True):
        if x > 0 and x + wide > widest:
            x, y, tall = 0.0, y - tall, 0.0
        low = net.min(axis=0)
        place[own, 0] = x + 0.7 + net[:, 0] - low[0]
        place[own, 1] = y - 0.7 - (net[:, 1] - low[1])
        x, tall = x + wide, max(tall, float(high))
    return place
