"""What the engine wraps around another library's estimator, said in that library's own words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.study.export.material import Material

MOST_CELLS = 5_000_000
"""In a larger table it is not tried whether scikit-learn's own scaler does the same."""

ONE_HOT = '''
def one_hot(frame):
    """Numbers as they are, then one 0/1 column per level; a level new to the model is all zeros."""
    if frame.select_dtypes("category").empty:
        return frame
    return np.ascontiguousarray(pd.get_dummies(frame, dtype=np.float64))
'''

NUMBERED = '''
def numbered(frame):
    """Columns named by position: LightGBM refuses names that people use."""
    return frame.set_axis([f"c{i}" for i in range(frame.shape[1])], axis=1)
'''


def plain_preparation(preparation: Any, material: Material) -> Any:
    """scikit-learn's own scaler in the place of a preparation, where it is found to do the same.

    That is so for complete numbers of which none is constant in any split. It is not argued but
    tried: on every split both sides must come out equal to the last bit.
    """
    from outfold.prepare.transformer import Preparation

    X = material.table.frame
    numbers = all(isinstance(k, np.dtype) and k.kind in "fiu" for k in X.dtypes)
    if not isinstance(preparation, Preparation) or not numbers or X.size > MOST_CELLS:
        return preparation
    if X.isna().to_numpy().any():
        return preparation
    other = _scaler(preparation, material)
    if other is None or not _alike(preparation, other, material):
        return preparation
    return other


def _scaler(preparation: Any, material: Material) -> Any:
    from sklearn import preprocessing as own

    sizes = {min(1000, len(s.train)) for s in material.splits}
    made = {
        "standard": own.StandardScaler,
        "robust": own.RobustScaler,
        "power": own.PowerTransformer,
    }.get(preparation.scaling)
    if made is not None:
        return made().set_output(transform="pandas")
    if preparation.scaling == "quantile" and len(sizes) == 1:
        return own.QuantileTransformer(
            n_quantiles=sizes.pop(), output_distribution="normal", random_state=preparation.seed
        ).set_output(transform="pandas")
    return None


def _alike(one: Any, other: Any, material: Material) -> bool:
    """Whether two transformers make the same frames of every split, bit for bit."""
    from sklearn.base import clone

    X = material.table.frame
    for split in material.splits:
        a, b = clone(one), clone(other)
        train, test = X.iloc[split.train], X.iloc[split.test]
        if not _same(a.fit_transform(train), b.fit_transform(train)):
            return False
        if not _same(a.transform(test), b.transform(test)):
            return False
    return True


def _same(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    left, right = a.to_numpy(), b.to_numpy()
    return (
        list(a.columns) == list(b.columns)
        and left.dtype == right.dtype
        # Sums go along the memory, so its order can show in the last digits of what follows.
        and left.flags.c_contiguous == right.flags.c_contiguous
        and bool(np.array_equal(left, right))
    )


def plain_steps(model: Any, material: Material) -> tuple[list[str], Any]:
    """The encodings before a model, by name, and the model itself without the engine's wrapper.

    A wrapper stays where it adapts to the rows it is given in a way that no estimator of
    scikit-learn does.
    """
    from outfold.models.encoding import Encoded

    if not isinstance(model, Encoded):
        return [], model
    if getattr(model, "ratio", 1.0) != 1.0:  # it counts the classes among the rows it is given
        return [], model
    neighbours = model.estimator.get_params(deep=False).get("n_neighbors")
    if neighbours is not None and (material.changes_rows or neighbours > material.least_rows):
        return [], model
    inner = _plain(model.estimator, material)
    if model.encoding == "one_hot":
        return (["one_hot"] if material.may_have_levels else []), inner
    return (["numbered"] if type(inner).__module__.startswith("lightgbm") else []), inner


def _plain(model: Any, material: Material) -> Any:
    """Platt's sigmoid as scikit-learn has it, where every class has rows enough for its folds."""
    from outfold.models.platt import Platt

    if not isinstance(model, Platt) or material.rarest < 10 * model.folds:
        return model
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold

    inner = StratifiedKFold(model.folds, shuffle=True, random_state=model.seed)
    return CalibratedClassifierCV(model.estimator, method="sigmoid", cv=inner, ensemble=False)
