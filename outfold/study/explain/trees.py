"""SHAP values of scikit-learn's trees, forests and histogram boosting, original columns as players.

A forest is a mean of trees and boosting a sum of them, and Shapley values add up likewise. So each
tree is compared with reference rows drawn for it alone: the values stay exact for each tree, and
all trees together have seen hundreds of reference rows for the price of a few.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats, Ints

PAIRS = 200
"""Reference rows over all trees of a forest, at the least one for each tree."""
BOOSTED_PAIRS = 1000
"""The same for boosting, whose trees are small and add up instead of averaging out."""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """One tree as contiguous arrays over its nodes; ``left`` is negative at a leaf.

    Attributes:
        feature: Column of the tree's matrix.
        threshold: Up to it a row goes left.
        left: Node on the left.
        right: Node on the right.
        missing_left: Whether a missing value goes left.
        value: What a leaf says, shape (n_nodes, n_outputs).
        levels: For each split by category, its node and the codes that go left.
    """

    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    missing_left: np.ndarray
    value: Floats
    levels: tuple[tuple[int, Ints, Ints], ...] = ()


@dataclass(slots=True, eq=False)
class Trees:
    """The trees of a fitted model.

    Attributes:
        model: The model.
        trees: Its trees.
        share: What each tree counts: 1 of a sum, 1/n of a mean.
        offset: What is added to the sum, shape (n_outputs,).
        raw: Whether they add up to a score or logarithm instead of the prediction itself.
        logarithm: Whether that is the logarithm of the expected value.
        order: Column of the model's matrix for each column of the trees'.
        drawn: Reference rows over all trees, once values were computed.
    """

    model: Any
    trees: Sequence[Tree]
    share: float
    offset: Floats
    raw: bool = False
    logarithm: bool = False
    order: Ints | None = None
    drawn: int = field(default=0)

    def matrix(self, frame: pd.DataFrame) -> Floats:
        """What the trees look at."""
        encoded = self.model.encode(frame)
        if self.order is not None:
            encoded = self.model.estimator_._preprocess_X(encoded, reset=False)
        return np.ascontiguousarray(encoded, dtype=np.float64)

    def output(self, frame: pd.DataFrame) -> Floats:
        """What the model itself says, on the scale that the trees add up to."""
        inner = self.model.estimator_
        if self.raw:
            found = inner._raw_predict(self.model.encode(frame))
        elif hasattr(inner, "predict_proba"):
            found = self.model.predict_proba(frame)
        else:
            found = self.model.predict(frame)
        found = np.asarray(found, dtype=np.float64)
        return found[:, None] if found.ndim == 1 else found

    def shapley(
        self, rows: pd.DataFrame, reference: pd.DataFrame, owner: Ints, n_players: int,
        rng: np.random.Generator, deadline: float, chunk: int,
    ) -> tuple[Floats, Floats]:  # fmt: skip
        """Values of as many rows as the time allows, and the base.

        Args:
            rows: Prepared rows to explain.
            reference: Prepared training rows to draw from.
            owner: Original column of each column of the model's matrix.
            n_players: Number of original columns.
            rng: Draws the reference rows.
            deadline: On ``time.perf_counter``: no further rows are begun after it.
            chunk: Rows between two looks at the clock.
        """
        from outfold.study.explain.tree_walk import add_tree, weights

        pairs = BOOSTED_PAIRS if self.raw else PAIRS
        each = min(len(reference), -(-pairs // len(self.trees)))
        self.drawn = each * len(self.trees)
        here = self.matrix(rows)
        drawn = rng.integers(len(reference), size=(len(self.trees), each))
        needed, place = np.unique(drawn, return_inverse=True)
        there, place = self.matrix(reference.iloc[needed]), place.reshape(drawn.shape)
        if self.order is not None:
            owner = owner[self.order]
        ours, theirs = weights(n_players)
        n_outputs = len(self.offset)
        base = self.offset.copy()
        done: list[Floats] = []
        longest = 0.0
        for start in range(0, len(rows), chunk):
            at = time.perf_counter()
            if start and at + longest > deadline:
                break
            out = np.zeros((min(chunk, len(rows) - start), n_players, n_outputs))
            for tree, lines in zip(self.trees, place, strict=True):
                x, z, players, feature, threshold = _with_levels(
                    tree, here[start : start + chunk], there[lines], owner
                )
                add_tree(
                    x, z, feature, threshold, tree.left, tree.right, tree.missing_left,
                    tree.value, players, ours, theirs, self.share / each, out,
                )  # fmt: skip
                if not start:
                    base += self.share * _leaves(tree, z, feature, threshold).mean(axis=0)
            done.append(out)
            longest = max(longest, time.perf_counter() - at) if start else 0.0
        return np.concatenate(done), base


def _with_levels(
    tree: Tree, x: Floats, z: Floats, owner: Ints
) -> tuple[Floats, Floats, Ints, Ints, Floats]:
    """The rows with a column for each split by category, 0 where the row goes left, else 1."""
    if not tree.levels:
        return x, z, owner, tree.feature, tree.threshold
    feature, threshold = tree.feature.copy(), tree.threshold.copy()
    more_x: list[Floats] = []
    more_z: list[Floats] = []
    more_owner: list[Any] = []
    for place, (node, lefts, known) in enumerate(tree.levels):
        column = tree.feature[node]
        feature[node], threshold[node] = x.shape[1] + place, 0.5
        more_owner.append(owner[column])
        for values, found in ((x[:, column], more_x), (z[:, column], more_z)):
            side = np.where(np.isin(values, lefts), 0.0, 1.0)
            # A level that fitting never saw goes where missing values go.
            side[~np.isin(values, known)] = np.nan
            found.append(side)
    return (
        np.column_stack([x, *more_x]), np.column_stack([z, *more_z]),
        np.concatenate([owner, more_owner]), feature, threshold,
    )  # fmt: skip


def _leaves(tree: Tree, z: Floats, feature: Ints, threshold: Floats) -> Floats:
    """What a tree says of some rows, shape (n_rows, n_outputs)."""
    at = np.zeros(len(z), dtype=np.intp)
    rows = np.arange(len(z))
    while (inside := tree.left[at] >= 0).any():
        values = z[rows, np.where(inside, feature[at], 0)]
        lefts = np.where(np.isnan(values), tree.missing_left[at], values <= threshold[at])
        at = np.where(inside, np.where(lefts, tree.left[at], tree.right[at]), at)
    return tree.value[at]


def trees_of(model: Any) -> Trees | None:
    """The trees behind a fitted forest or boosting, or None where it is made of something else."""
    inner = getattr(model, "estimator_", None)
    parts = getattr(inner, "estimators_", None)
    if isinstance(parts, list) and parts and all(hasattr(p, "tree_") for p in parts):
        if hasattr(inner, "estimator_weights_"):
            return None  # boosting that weighs its trees is no mean of them
        trees = [_plain_tree(p) for p in parts]
        return Trees(model, trees, 1 / len(trees), np.zeros(trees[0].value.shape[1]))
    if hasattr(inner, "_predictors") and hasattr(inner, "_baseline_prediction"):
        return _histogram_boosting(model)
    return None


def _plain_tree(estimator: Any) -> Tree:
    tree = estimator.tree_
    value = np.ascontiguousarray(tree.value[:, 0, :], dtype=np.float64)
    if hasattr(estimator, "classes_"):
        value = value / value.sum(axis=1, keepdims=True)
    missing = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count))
    return Tree(
        np.maximum(tree.feature, 0).astype(np.intp),
        np.ascontiguousarray(tree.threshold, dtype=np.float64),
        tree.children_left.astype(np.intp), tree.children_right.astype(np.intp),
        np.asarray(missing).astype(bool), value,
    )  # fmt: skip


def _histogram_boosting(model: Any) -> Trees:
    inner = model.estimator_
    offset = np.asarray(inner._baseline_prediction, dtype=np.float64).ravel()
    trees = []
    for round_ in inner._predictors:
        for output, predictor in enumerate(round_):
            nodes = predictor.nodes
            leaf = nodes["is_leaf"].astype(bool)
            value = np.zeros((len(nodes), len(offset)))
            value[:, output] = nodes["value"]
            levels = [
                (
                    int(node),
                    _bits(predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]]),
                    _known(inner, int(nodes["feature_idx"][node])),
                )
                for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf)
            ]
            trees.append(
                Tree(
                    np.where(leaf, 0, nodes["feature_idx"]).astype(np.intp),
                    np.ascontiguousarray(nodes["num_threshold"], dtype=np.float64),
                    np.where(leaf, -1, nodes["left"].astype(np.int64)).astype(np.intp),
                    np.where(leaf, -1, nodes["right"].astype(np.int64)).astype(np.intp),
                    nodes["missing_go_to_left"].astype(bool),
                    value,
                    tuple(levels),
                )
            )
    order = np.arange(inner.n_features_in_)
    if inner.is_categorical_ is not None:  # it puts categorical columns first
        order = np.concatenate([order[inner.is_categorical_], order[~inner.is_categorical_]])
    logarithm = getattr(inner, "loss", "") in ("poisson", "gamma")
    return Trees(model, trees, 1.0, offset, raw=True, logarithm=logarithm, order=order)


def _bits(words: np.ndarray) -> Ints:
    """The codes whose bits are set in eight words of 32 bits."""
    bits = np.unpackbits(words.astype("<u4").view(np.uint8), bitorder="little")
    return np.flatnonzero(bits)


def _known(inner: Any, column: int) -> Ints:
    """The codes of a categorical column that fitting saw."""
    return np.asarray(inner._bin_mapper.bin_thresholds_[column], dtype=np.intp)
