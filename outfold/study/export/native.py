"""What the engine wraps around another library's estimator, said in that library's own words."""

from __future__ import annotations

from typing import Any

from outfold.study.export.material import Material

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


def plain_steps(model: Any, material: Material) -> tuple[list[str], Any]:
    """The encodings before a model, by name, and the model itself without the engine's wrapper.

    A wrapper stays where it adapts to the rows it is given in a way that no estimator of
    scikit-learn does.
    """
    from outfold.models.encoding import Encoded

    if not isinstance(model, Encoded):
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
