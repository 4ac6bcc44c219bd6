"""Columns that say nearly the same: groups of them, with one to stand for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from outfold.errors import ParameterError
from outfold.explore.associations import Associations
from outfold.explore.measures import Floats

Linkage = Literal["complete", "average", "single"]


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that are strongly associated with each other.

    Attributes:
        members: The columns, the representative first, then by strength to it.
        representative: The one to keep.
        strengths: Each member's strength to the representative, 0 to 1, in the members' order.
        weakest: The least strength between any two members.
        why: Why this one stands for the group.
    """

    members: tuple[str, ...]
    representative: str
    strengths: tuple[float, ...]
    weakest: float
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Redundancy:
    """The redundancy of a table.

    Attributes:
        columns: The columns that were clustered.
        groups: Groups of two and more, largest first.
        alone: Columns in no group.
        threshold: With complete linkage, any two columns of a group have at least this strength.
        linkage: How groups were joined.
        merges: SciPy's linkage matrix over ``columns``, for a dendrogram; shape (n - 1, 4).
    """

    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    alone: tuple[str, ...]
    threshold: float
    linkage: Linkage
    merges: Floats

    def kept(self) -> tuple[str, ...]:
        """One column of each group and every other column, in the table's order."""
        keep = {g.representative for g in self.groups} | set(self.alone)
        return tuple(c for c in self.columns if c in keep)


def strengths(associations: Associations) -> Floats:
    """Strength of every two columns, 0 where it is undefined, 1 on the diagonal."""
    square = associations.square(associations.strength(), 1.0, 0.0)
    return np.nan_to_num(square, nan=0.0)


def tree(associations: Associations, linkage: Linkage) -> Floats:
    """The hierarchical clustering of the columns by 1 - strength, as SciPy's linkage matrix."""
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import squareform

    distance = np.clip(1.0 - strengths(associations), 0.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    return np.asarray(hierarchy.linkage(squareform(distance, checks=False), method=linkage))


def redundancy(
    associations: Associations,
    relevance: Mapping[str, float] | None = None,
    *,
    threshold: float = 0.8,
    linkage: Linkage = "complete",
    apart: tuple[str, ...] = (),
) -> Redundancy:
    """Group columns whose associations with each other are at least a threshold.

    Args:
        associations: Of all pairs, not of one target's.
        relevance: Each column's relevance to the target, 0 to 1 (see ``relevance``): the most
            relevant member stands for its group. Without it the most central one does: the one
            with the greatest mean strength to the other members.
        threshold: Strength from 0 to 1.
        linkage: ``complete``: any two members reach the threshold; ``average`` and ``single`` make
            larger, looser groups.
        apart: Columns that are not clustered, such as the target.

    Raises:
        ParameterError: The threshold is not between 0 and 1.
    """
    from scipy.cluster import hierarchy

    if not 0 < threshold <= 1:
        raise ParameterError(f"The threshold is {threshold}.", "Take more than 0 and at most 1.")
    if associations.target is not None:
        raise ParameterError(
            "Redundancy needs the associations of all pairs, not only the target's.",
            "Measure the associations without a target.",
        )
    keep = [i for i, c in enumerate(associations.columns) if c not in apart]
    columns = tuple(associations.columns[i] for i in keep)
    if len(columns) < 2:
        return Redundancy(columns, (), columns, threshold, linkage, np.zeros((0, 4)))
    square = strengths(associations)[np.ix_(keep, keep)]
    from scipy.spatial.distance import squareform

    distance = np.clip(1.0 - square, 0.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    merges = np.asarray(hierarchy.linkage(squareform(distance, checks=False), method=linkage))
    # Rounding must not cut exact copies, nor a pair right at the threshold.
    label = hierarchy.fcluster(merges, 1.0 - threshold + 1e-12, criterion="distance")
    groups: list[Group] = []
    alone: list[str] = []
    for number in dict.fromkeys(label):
        places = np.flatnonzero(label == number)
        if len(places) == 1:
            alone.append(columns[places[0]])
            continue
        groups.append(_group(columns, square, places, relevance))
    groups.sort(key=lambda g: -len(g.members))
    return Redundancy(columns, tuple(groups), tuple(alone), threshold, linkage, merges)


def _group(
    columns: tuple[str, ...],
    square: Floats,
    places: np.ndarray[tuple[int, ...], np.dtype[np.intp]],
    relevance: Mapping[str, float] | None,
) -> Group:
    inside = square[np.ix_(places, places)]
    central = (inside.sum(axis=1) - 1.0) / (len(places) - 1)
    best, why = int(central.argmax()), "closest to the others on average"
    if relevance is not None:
        known = [relevance.get(columns[p], np.nan) for p in places]
        if not np.isnan(known).all():
            best, why = int(np.nanargmax(known)), "most relevant to the target"
    order = sorted(range(len(places)), key=lambda i: (i != best, -inside[best, i]))
    weakest = float(inside[np.triu_indices(len(places), 1)].min())
    return Group(
        tuple(columns[places[i]] for i in order),
        columns[places[best]],
        tuple(float(inside[best, i]) for i in order),
        weakest,
        why,
    )
