"""The transformer behind every preparation: typed columns in, model-ready columns out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import PowerTransformer, QuantileTransformer

from outfold.data.schema import PART, part, source_of
from outfold.errors import OutfoldError
from outfold.prepare.levels import Levels
from outfold.prepare.parts import datetime_parts, text_parts

Floats = npt.NDArray[np.float64]
Scaling = Literal["standard", "robust", "power", "quantile", "none"]
Indicators = Literal["auto", "always", "never"]

INDICATOR_SHARE = 0.01
"""Missing share of the training rows from which ``auto`` adds an indicator."""


@dataclass
class _Learnt:
    """What is remembered of the training rows for the columns that become numbers."""

    names: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    fill: Floats = field(default_factory=lambda: np.empty(0))
    centre: Floats = field(default_factory=lambda: np.empty(0))
    spread: Floats = field(default_factory=lambda: np.empty(0))
    indicators: list[int] = field(default_factory=list)
    scaled: npt.NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))


class Preparation(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Impute, scale and encode the columns of a table by what its training rows say.

    Numbers are imputed and scaled; truth values become 0 and 1, imputed by the commoner one; points
    in time become elapsed days and calendar parts; categories become integer codes, with a code
    for rare levels and one for missing values. Columns that are wholly missing or constant among
    the training rows are dropped, and ``notes_`` says so.

    Args:
        impute: What replaces a missing number: the training ``median`` or ``mean``.
        scaling: ``standard`` (mean 0, standard deviation 1), ``robust`` (median 0, interquartile
            range 1), ``power`` (Yeo-Johnson, then standard), ``quantile`` (to a normal
            distribution by ranks) or ``none``. Truth values and indicators stay 0 and 1.
        indicators: Whether a missing value leaves a 0/1 mark beside the imputed one: ``auto`` from
            1 % of the training rows, ``always`` from the first one, ``never``.
        min_count: Levels with fewer training rows are grouped as rare.
        max_levels: Levels beyond the commonest so many are grouped as rare.
        seed: Seeds the subsample of ``quantile`` scaling on large tables.
    """

    def __init__(
        self,
        impute: Literal["median", "mean"] = "median",
        scaling: Scaling = "standard",
        indicators: Indicators = "auto",
        min_count: int = 5,
        max_levels: int = 50,
        seed: int = 0,
    ) -> None:
        self.impute = impute
        self.scaling = scaling
        self.indicators = indicators
        self.min_count = min_count
        self.max_levels = max_levels
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn from the training rows.

        Raises:
            OutfoldError: No column is left, because each is wholly missing or constant.
        """
        self._learn(X)
        return self

    def fit_transform(self, X: pd.DataFrame, y: Any = None, **fit_params: Any) -> pd.DataFrame:
        """Learn from the training rows and prepare them, computing shared parts once."""
        return self._assemble(X.index, *self._learn(X))

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The prepared columns, with the index of X.

        Raises:
            OutfoldError: A column that was there in fitting is not there now.
        """
        absent = [c for c in self.feature_names_in_ if c not in X.columns]
        if absent:
            raise OutfoldError(
                f"The table lacks {len(absent)} of the columns learnt from: "
                + ", ".join(map(str, absent[:5]))
                + ".",
                "Give every feature column that was there in fitting.",
            )
        names, matrix = self._numbers(X)
        keep = self._learnt.positions
        if len(keep) != len(names):
            matrix = matrix[:, keep]
        codes = {c: levels.codes(X[c]) for c, levels in self.levels_.items()}
        return self._assemble(X.index, matrix, codes)

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """The names of the prepared columns, in order."""
        return np.asarray(self.columns_, dtype=object)

    def _learn(self, X: pd.DataFrame) -> tuple[Floats, dict[str, npt.NDArray[np.intp]]]:
        if len(X) == 0:
            raise OutfoldError("There are no training rows.", "Give at least two.")
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        self.notes_: list[str] = []
        self.kinds_ = {
            str(c): "number" if _plain(d) else self._kind(X[c])
            for c, d in zip(X.columns, X.dtypes, strict=True)
        }
        names, matrix = self._numbers(X)
        matrix = self._learn_numbers(names, matrix)
        codes: dict[str, npt.NDArray[np.intp]] = {}
        self.levels_: dict[str, Levels] = {}
        told = {source_of(n) for n in self._learnt.names}
        dropped = [c for c, kind in self.kinds_.items() if kind != "level" and c not in told]
        for c in [c for c, kind in self.kinds_.items() if kind == "level"]:
            levels = Levels.learn(X[c], self.min_count, self.max_levels)
            if levels.size < 2:
                dropped.append(c)
                continue
            self.levels_[c] = levels
            codes[c] = levels.codes(X[c])
        if dropped:
            named = ", ".join(f"“{c}”" for c in dropped[:8])
            more = f" and {len(dropped) - 8} more" if len(dropped) > 8 else ""
            verb = "tells" if len(dropped) == 1 else "tell"
            self.notes_.append(
                f"{named}{more} {verb} training rows not apart (wholly missing, constant, or only "
                "rare levels), so left out."
            )
        self._order()
        if not self.columns_:
            raise OutfoldError(
                "No feature column tells the training rows apart.",
                "Each is wholly missing or constant there: choose other features or more rows.",
            )
        return matrix, codes

    def _kind(self, column: pd.Series) -> Literal["number", "truth", "time", "level", "text"]:
        dtype = column.dtype
        if isinstance(dtype, pd.CategoricalDtype):
            return "level"
        if pd.api.types.is_bool_dtype(dtype):
            return "truth"
        if pd.api.types.is_datetime64_any_dtype(dtype):
            return "time"
        if pd.api.types.is_numeric_dtype(dtype):
            return "number"
        # Free text is stored like a categorical column of plain strings; it repeats too little.
        distinct, known = column.nunique(), column.notna().sum()
        return "text" if distinct > max(self.max_levels, known / 2) else "level"

    def _numbers(self, X: pd.DataFrame) -> tuple[list[str], Floats]:
        """Every column that becomes numbers, missing as NaN, and the names."""
        plain = [c for c, kind in self.kinds_.items() if kind in ("number", "truth")]
        frame = X if len(plain) == X.shape[1] else X[plain]
        if all(_plain(d) or d == np.bool_ for d in frame.dtypes):
            matrix = frame.to_numpy(dtype=np.float64, copy=True)
        else:
            matrix = np.empty((len(X), len(plain)))
            for j, c in enumerate(plain):
                matrix[:, j] = X[c].to_numpy(dtype=np.float64, na_value=np.nan)
        names = list(plain)
        blocks = [matrix]
        for c, kind in self.kinds_.items():
            if kind in ("time", "text"):
                parts = datetime_parts(X[c]) if kind == "time" else text_parts(X[c])
                names += [part(c, what) for what in parts]
                blocks += [values[:, None] for values in parts.values()]
        if len(blocks) > 1:
            matrix = np.hstack(blocks)
        if not np.isfinite(matrix).all():
            matrix[np.isinf(matrix)] = np.nan
        return names, matrix

    def _learn_numbers(self, names: list[str], matrix: Floats) -> Floats:
        """Learn fill, scale and indicators; returns the columns that are kept, as they were."""
        missing = np.isnan(matrix).mean(axis=0)
        known = missing < 1
        low = np.full(len(names), np.nan)
        high = low.copy()
        low[known] = np.nanmin(matrix[:, known], axis=0)
        high[known] = np.nanmax(matrix[:, known], axis=0)
        varies = known & (high > low)
        # One number or missing: the gap is filled by another number, which tells them apart.
        whole = np.array([PART not in n for n in names], dtype=bool)
        lone = known & ~varies & (missing > 0) & whole & (self.indicators != "never")
        positions = np.flatnonzero(varies | lone)
        matrix, lone, share = matrix[:, positions], lone[positions], missing[positions]
        learnt = _Learnt(names=[names[p] for p in positions], positions=positions.tolist())
        least = {"auto": INDICATOR_SHARE, "always": 0.0, "never": np.inf}[self.indicators]
        first: dict[str, int] = {}  # the parts of one column share an indicator
        for i in np.flatnonzero((share > 0) & (share >= least) & ~lone).tolist():
            first.setdefault(source_of(learnt.names[i]), i)
        learnt.indicators = sorted(first.values())
        truth = np.array([self.kinds_.get(n) == "truth" for n in learnt.names], dtype=bool)
        gaps = bool((share > 0).any())
        average = (np.nanmean if gaps else np.mean)(matrix, axis=0)
        middle = (np.nanmedian if gaps else np.median)(matrix, axis=0)
        learnt.fill = middle if self.impute == "median" else average
        learnt.fill = np.where(truth, (average > 0.5).astype(np.float64), learnt.fill)
        learnt.fill = np.where(lone, high[positions] - 1.0, learnt.fill)
        full = np.where(np.isnan(matrix), learnt.fill, matrix) if gaps else matrix
        learnt.scaled = np.flatnonzero(~truth)
        self._learn_scale(full, truth, learnt)
        self._learnt = learnt
        return matrix

    def _learn_scale(self, full: Floats, truth: npt.NDArray[np.bool_], learnt: _Learnt) -> None:
        count = full.shape[1]
        learnt.centre, learnt.spread = np.zeros(count), np.ones(count)
        self._shape: PowerTransformer | QuantileTransformer | None = None
        if self.scaling == "none" or not len(learnt.scaled):
            return
        if self.scaling in ("power", "quantile"):
            self._shape = (
                PowerTransformer()
                if self.scaling == "power"
                else QuantileTransformer(
                    n_quantiles=min(1000, len(full)),
                    output_distribution="normal",
                    random_state=self.seed,
                )
            )
            self._shape.fit(full[:, learnt.scaled])
            return
        deviation = full.std(axis=0)
        if self.scaling == "standard":
            centre, spread = full.mean(axis=0), deviation
        else:
            quarter, centre, three = np.quantile(full, [0.25, 0.5, 0.75], axis=0)
            spread = three - quarter
        spread = np.where(spread > 0, spread, np.where(deviation > 0, deviation, 1.0))
        learnt.centre = np.where(truth, 0.0, centre)
        learnt.spread = np.where(truth, 1.0, spread)

    def _order(self) -> None:
        """Prepared columns in the order of the table's, indicators behind their column."""
        learnt = self._learnt
        numbers = learnt.names + [self._mark(i) for i in learnt.indicators]
        place = {str(c): i for i, c in enumerate(self.kinds_)}
        every = [*numbers, *self.levels_]
        self.columns_ = sorted(every, key=lambda n: place[source_of(n)])
        self._sorted = self.columns_ == every

    def _mark(self, position: int) -> str:
        return part(source_of(self._learnt.names[position]), "missing")

    def _assemble(
        self, index: pd.Index, matrix: Floats, codes: dict[str, npt.NDArray[np.intp]]
    ) -> pd.DataFrame:
        learnt = self._learnt
        gaps = np.isnan(matrix)
        if gaps.any():
            marks = gaps[:, learnt.indicators].astype(np.float64)
            matrix = np.where(gaps, learnt.fill, matrix)
        else:
            marks = np.zeros((len(matrix), len(learnt.indicators)))
        if self._shape is not None:
            matrix = matrix.copy()
            matrix[:, learnt.scaled] = self._shape.transform(matrix[:, learnt.scaled])
        elif self.scaling != "none":
            matrix = (matrix - learnt.centre) / learnt.spread
        names = learnt.names
        if learnt.indicators:
            matrix = np.hstack([matrix, marks])
            names = names + [self._mark(i) for i in learnt.indicators]
        frame = pd.DataFrame(matrix, columns=pd.Index(names, dtype="str"), index=index, copy=False)
        if codes:
            levels = {
                c: pd.Categorical.from_codes(values, dtype=self.levels_[c].dtype)
                for c, values in codes.items()
            }
            frame = pd.concat([frame, pd.DataFrame(levels, index=index)], axis=1)
        return frame if self._sorted else frame[self.columns_]


def _plain(dtype: Any) -> bool:
    """Whether a column is a plain array of numbers."""
    return isinstance(dtype, np.dtype) and dtype.kind in "fiu"
