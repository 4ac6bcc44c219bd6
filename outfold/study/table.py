"""A study's table: the dataset with fixes, types and roles applied, and its target as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.data.fixes import apply_fixes
from outfold.data.infer import describe, retype
from outfold.data.propose import default_role
from outfold.data.schema import Column, ColumnType, Schema
from outfold.errors import StudyError, UnknownNameError
from outfold.hashing import key_of
from outfold.metrics.metric import Floats, Ints
from outfold.registry import Facts
from outfold.study.study import Study
from outfold.study.workspace import Workspace
from outfold.task import is_classification

MOST_CLASSES = 200
"""Classes that a target can have."""
FEATURE_TYPES: tuple[ColumnType, ...] = ("numeric", "categorical", "boolean", "datetime", "text")


@dataclass(frozen=True, slots=True, eq=False)
class StudyTable:
    """The rows that a study can use.

    Attributes:
        key: Content key of everything that fits depend on.
        frame: Feature columns, typed, rows with a known target only; index 0 … n-1.
        schema: The columns of the whole table after fixes and type changes.
        features: Names of the feature columns.
        target: Class codes or values, shape (n_rows,).
        classes: Class names in code order; empty for numbers.
        positive: Code of the positive class (binary only).
        groups: Group of each row as codes, or None.
        order: Position of each row in time, or None.
        weight: Row weights, or None.
        exposure: Row exposures, or None.
        rows: Position of each row in the table after fixes.
        facts: What strategies may ask.
        notes: Sentences about what was left out.
        moments: The time column as numbers, in days for dates, else in its own unit; None where
            there is none or it holds neither.
    """

    key: str
    frame: pd.DataFrame
    schema: Schema
    features: tuple[str, ...]
    target: Floats | Ints
    classes: tuple[str, ...]
    positive: int
    groups: Ints | None
    order: Ints | None
    weight: Floats | None
    exposure: Floats | None
    rows: Ints
    facts: Facts
    notes: tuple[str, ...]
    moments: Floats | None = None

    @property
    def n_rows(self) -> int:
        """Rows with a known target."""
        return len(self.frame)

    def numbers(self, positions: npt.ArrayLike) -> Ints:
        """What people call rows: the first data row of the table after fixes is 1.

        Args:
            positions: Positions in ``frame``, of any shape.
        """
        return self.rows[np.asarray(positions, dtype=np.intp)] + 1

    def position(self, number: int) -> int:
        """Where in ``frame`` the row is that people call by a number.

        Raises:
            UnknownNameError: There is no such row, or its target is missing.
        """
        if len(found := np.flatnonzero(self.rows == number - 1)):
            return int(found[0])
        last = int(self.rows[-1]) + 1
        if 1 <= number <= last:
            raise UnknownNameError(
                f"Row {number:,} has no value in the target, so no model predicts it.",
                "Choose another row.",
            )
        raise UnknownNameError(
            f"There is no row {number:,}.",
            f"Rows are numbered from 1, the first below the heading, to {last:,}.",
        )


def typed_frame(workspace: Workspace, study: Study) -> tuple[pd.DataFrame, Schema]:
    """The study's table with its fixes and types applied, all rows and columns, and its schema."""
    dataset = workspace.datasets.get(study.dataset)
    frame = workspace.datasets.frame(study.dataset)
    if not study.fixes and not study.types:
        return frame, dataset.schema
    types = {c.name: c.type for c in dataset.schema.columns}
    if study.fixes:
        frame = apply_fixes(frame, study.fixes)
        types = {n: _type_now(frame[n], types.get(n)) for n in frame.columns}
    changed: dict[str, ColumnType] = {n: t for n, t in study.types if n in frame.columns}
    if changed:
        frame = retype(frame, changed)
        types |= changed
    return frame, describe(frame, types)


def _type_now(values: pd.Series, before: ColumnType | None) -> ColumnType:
    """The type of a column after a fix, which may have parsed dates or numbers."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "datetime"
    if pd.api.types.is_bool_dtype(values.dtype):
        return "boolean"
    if pd.api.types.is_numeric_dtype(values.dtype):
        return before if before == "identifier" else "numeric"
    if isinstance(values.dtype, pd.CategoricalDtype):
        return "categorical"
    return before if before in ("text", "identifier", "categorical") else "text"


def study_table(workspace: Workspace, study: Study) -> StudyTable:
    """Apply a study's fixes, types and roles to its dataset.

    Raises:
        StudyError: The target is missing from the table, empty, has one class, or holds values
            that the task cannot have; no feature is left; a role's column holds impossible values.
    """
    frame, schema = typed_frame(workspace, study)
    if study.target not in schema:
        raise StudyError(
            f"The table has no column {study.target!r}.", "Choose another target column."
        )
    known = frame[study.target].notna().to_numpy()
    if not known.any():
        raise StudyError(
            f"The target {study.target!r} is missing in every row.", "Choose another target."
        )
    notes: list[str] = []
    if lost := int((~known).sum()):
        notes.append(f"{lost:,} rows without a value in {study.target} are left out.")
    rows = np.flatnonzero(known)
    frame = frame.iloc[rows].reset_index(drop=True)
    if refused := no_target(study, schema[study.target]):
        raise refused
    target, classes, positive = _target(frame[study.target], study)

    features = tuple(
        c.name
        for c in schema.columns
        if c.name != study.target
        and (study.role_of(c.name) or default_role(c)) == "feature"
        and c.type in FEATURE_TYPES
    )
    if not features:
        raise StudyError(
            "No column is left to predict from.", "Give at least one column the role feature."
        )
    weight = _positive_numbers(frame, study.column_with("weight"), "weight", zero=True)
    exposure = _positive_numbers(frame, study.column_with("exposure"), "exposure", zero=False)
    if exposure is not None and study.task != "count":
        raise StudyError(
            f"An exposure column is set, and the task is {study.task}.",
            "Exposure belongs to counts: set the task to count or the role to feature.",
        )
    group = study.column_with("group")
    groups = None
    if group is not None:
        codes, _ = pd.factorize(frame[_known_column(frame, group)], use_na_sentinel=False)
        groups = np.asarray(codes, dtype=np.intp)
    when = study.column_with("time")
    order, measured = None, None
    if when is not None:
        moments = frame[_known_column(frame, when)]
        if moments.isna().any():
            raise StudyError(
                f"The time column {when!r} is missing in {int(moments.isna().sum()):,} rows.",
                "Take a complete column for the order of rows.",
            )
        order = moments.rank(method="dense").to_numpy().astype(np.intp)
        measured = _measured(moments)
    types = {c.name: c.type for c in schema.columns}
    data = frame[list(features)]
    counts = np.bincount(target.astype(int)) if classes else None
    facts = Facts(
        task=study.task,
        n_rows=len(frame),
        n_features=len(features),
        n_numeric=sum(types[f] in ("numeric", "boolean", "datetime", "text") for f in features),
        n_categorical=sum(types[f] == "categorical" for f in features),
        n_missing=int(data.isna().to_numpy().sum()),
        smallest_class=int(counts.min()) if counts is not None else None,
        n_classes=len(classes) if classes else None,
        target_min=None if classes else float(target.min()),
        weighted=weight is not None,
        exposed=exposure is not None,
    )
    key = key_of(
        "table", study.dataset, study.fixes, study.types, features, study.target, study.task,
        study.target_transform,
        [study.column_with(r) for r in ("group", "time", "weight", "exposure")],
    )  # fmt: skip
    return StudyTable(
        key, data, schema, features, target, classes, positive, groups, order, weight, exposure,
        rows, facts, tuple(notes), measured,
    )  # fmt: skip


def no_target(study: Study, column: Column) -> StudyError | None:
    """Why what is meant to be the target names or dates rows instead, or None.

    Args:
        study: The study.
        column: Its target as described with the table; the study's own type comes first.
    """
    kind = dict(study.types).get(study.target, column.type)
    if not is_classification(study.task):
        return None
    if kind == "identifier":
        return StudyError(
            f"{study.target!r} is an identifier: its values name rows, so nothing can be learned.",
            "Choose another target; if its values do mean something, change the column's type.",
        )
    if kind == "datetime":
        return StudyError(
            f"{study.target!r} holds dates, which cannot be predicted here.",
            "Choose another target; this column can be a feature or give the order of rows.",
        )
    return _too_many(study, column.unique) if column.unique > MOST_CLASSES else None


def _too_many(study: Study, classes: int) -> StudyError:
    return StudyError(
        f"The target {study.target!r} has {classes:,} classes.",
        f"At most {MOST_CLASSES} can be told apart; a number is a regression or count.",
    )


def _target(values: pd.Series, study: Study) -> tuple[Floats | Ints, tuple[str, ...], int]:
    """The target as codes or numbers, the class names, and the positive class's code."""
    if is_classification(study.task):
        classes = class_names(values)
        if len(classes) < 2:
            raise StudyError(
                f"The target {study.target!r} has one class only, {classes[0]!r}.",
                "Choose a target with at least two classes.",
            )
        if study.task == "binary" and len(classes) != 2:
            raise StudyError(
                f"The target {study.target!r} has {len(classes)} classes, and the task is binary.",
                "Set the task to multi-class.",
            )
        if len(classes) > MOST_CLASSES:
            raise _too_many(study, len(classes))
        codes = {name: i for i, name in enumerate(classes)}
        target: Ints = np.asarray(as_text(values).map(codes), dtype=np.intp)
        positive = codes.get(study.positive or "", positive_class(values, classes))
        return target, classes, positive
    if not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        raise StudyError(
            f"The target {study.target!r} holds no numbers, and the task is {study.task}.",
            "Set the task to binary or multi-class, or choose a numeric target.",
        )
    numbers = values.to_numpy(dtype=float)
    if not np.isfinite(numbers).all():
        raise StudyError(
            f"The target {study.target!r} holds infinite values.", "Remove these rows."
        )
    if np.ptp(numbers) == 0:
        raise StudyError(
            f"The target {study.target!r} has the same value in every row.",
            "Choose a target that varies.",
        )
    if study.task == "count":
        bad = (numbers < 0) | (numbers != np.floor(numbers))
        if bad.any():
            raise StudyError(
                f"The target {study.target!r} holds {numbers[bad][0]:g}, which is no count.",
                "Counts are whole numbers from 0; set the task to regression.",
            )
    if study.target_transform == "log" and numbers.min() <= -1:
        raise StudyError(
            f"The target {study.target!r} goes down to {numbers.min():g}: log(1 + target) needs "
            "values above -1.",
            "Set the transform to none.",
        )
    return numbers, (), 1


def _measured(moments: pd.Series) -> Floats | None:
    """Points in time as numbers: days for dates, numbers as they are; None for anything else."""
    if pd.api.types.is_datetime64_any_dtype(moments.dtype):
        since = moments - moments.min()
        return np.asarray(since / pd.Timedelta(days=1), dtype=np.float64)
    if pd.api.types.is_numeric_dtype(moments.dtype):
        return moments.to_numpy(dtype=np.float64)
    return None


def as_text(values: pd.Series) -> pd.Series:
    """Class values as the text that people read: 1.0 reads 1, true reads true."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.map({True: "true", False: "false"})
    if pd.api.types.is_float_dtype(values.dtype):
        whole = (values.dropna() == np.floor(values.dropna())).all()
        return values.map(lambda v: f"{v:.0f}" if whole else f"{v:g}")
    return values.astype("str")


def class_names(values: pd.Series) -> tuple[str, ...]:
    """The classes of a target in a natural order: numbers by size, words by the alphabet."""
    names = as_text(values.dropna()).unique().tolist()
    try:
        return tuple(sorted(names, key=float))
    except ValueError:
        return tuple(sorted(names))


def positive_class(values: pd.Series, classes: tuple[str, ...]) -> int:
    """The class that is called positive unless another is chosen: the rarer; in a tie the later."""
    counts = as_text(values.dropna()).value_counts()
    return min(range(len(classes)), key=lambda i: (counts[classes[i]], -i))


def _known_column(frame: pd.DataFrame, name: str) -> str:
    if name not in frame.columns:
        raise StudyError(f"The table has no column {name!r}.", "Give the role to another column.")
    return name


def _positive_numbers(
    frame: pd.DataFrame, name: str | None, role: str, *, zero: bool
) -> Floats | None:
    if name is None:
        return None
    values = frame[_known_column(frame, name)]
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise StudyError(f"The {role} column {name!r} holds no numbers.", "Choose another column.")
    numbers = values.to_numpy(dtype=float)
    bad = ~np.isfinite(numbers) | (numbers < 0 if zero else numbers <= 0)
    if bad.any():
        raise StudyError(
            f"The {role} column {name!r} holds {numbers[bad][0]:g} in {int(bad.sum()):,} rows.",
            f"Every {role} must be a number {'of at least' if zero else 'above'} 0.",
        )
    if not numbers.any():
        raise StudyError(f"Every {role} in {name!r} is 0.", "Choose another column.")
    return numbers
