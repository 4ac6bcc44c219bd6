"""SHAP values by the shap library, where it is exact and fast; imported only where it is used.

Which models are left to it, and why others are not, stands in docs/decisions/shap.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from outfold.metrics.metric import Floats


def along_paths(estimator: Any, matrix: Any) -> tuple[Floats, Floats]:
    """Tree SHAP along the paths that training rows took, by ``shap.TreeExplainer``.

    Of LightGBM that is the booster's own, which knows its splits by category.

    Source: Lundberg et al. 2020, From local explanations to global understanding, algorithm 2.

    Args:
        estimator: A scikit-learn tree or a LightGBM booster.
        matrix: The rows as it takes them, shape (n_rows, n_columns).

    Returns:
        Values, shape (n_rows, n_columns, n_outputs), and what they are added to, (n_outputs,).
    """
    import shap

    explainer = shap.TreeExplainer(estimator, feature_perturbation="tree_path_dependent")
    # Whether they add up is checked by the caller, for every model alike.
    return _outputs_last(explainer(matrix, check_additivity=False))


def weighted_sum(
    weights: Floats, offset: Floats, matrix: Floats, mean: Floats
) -> tuple[Floats, Floats]:
    """Linear SHAP by ``shap.LinearExplainer``: weight times the distance from a mean.

    Source: Štrumbelj & Kononenko 2014, Explaining prediction models and individual predictions,
    section 3.2.

    Args:
        weights: Shape (n_outputs, n_columns).
        offset: Shape (n_outputs,).
        matrix: Rows to explain, shape (n_rows, n_columns).
        mean: Mean of the reference rows, shape (n_columns,).

    Returns:
        Values, shape (n_rows, n_columns, n_outputs), and what they are added to, (n_outputs,).
    """
    import shap

    parts, bases = [], []
    for weight, shift in zip(weights, offset, strict=True):
        explainer = shap.LinearExplainer((weight, shift), mean[None])
        parts.append(np.asarray(explainer.shap_values(matrix), dtype=np.float64))
        bases.append(float(explainer.expected_value))
    return np.stack(parts, axis=2), np.array(bases)


def _outputs_last(found: Any) -> tuple[Floats, Floats]:
    values = np.asarray(found.values, dtype=np.float64)
    base = np.asarray(found.base_values, dtype=np.float64)
    if values.ndim == 2:
        return values[:, :, None], base[:1].ravel()
    return values, base[0].ravel()
