"""Code from the typed table to the arrays that models are fitted to: target, roles, splits."""

from __future__ import annotations

import inspect
from typing import Any

import pandas as pd

from outfold.data.schema import SINGLE_ROLES
from outfold.study.export.literal import literal, spread
from outfold.study.export.material import Material
from outfold.task import is_classification


def roles_code(material: Material) -> str:
    """The target, the features and the columns with a role of their own."""
    study, table = material.study, material.table
    lines = [f"TARGET = {literal(study.target)}", _listing("FEATURES", table.features)]
    for role in SINGLE_ROLES[1:]:
        if column := study.column_with(role):
            lines.append(f"{role.upper()} = {literal(column)}")
    lines.append("")
    if material.final[study.target].isna().any():
        lines.append("# Nothing can be learnt from, or judged on, a row without an answer.")
        lines.append("table = table[table[TARGET].notna()].reset_index(drop=True)")
    lines.append("X = table[FEATURES]")
    return "\n".join([*lines, *_target(material), *_others(material)]) + "\n"


def _listing(name: str, values: tuple[str, ...]) -> str:
    return f"{name} = {spread(list(values), 0, 96 - len(name))}"


def _target(material: Material) -> list[str]:
    study, table = material.study, material.table
    if is_classification(study.task):
        lines = [
            f"CLASSES = {literal(list(table.classes))}",
            *([f"POSITIVE = {table.positive}  # the class in question"]
              if study.task == "binary" else []),
            f"y = table[TARGET].map({literal(_codes(material))}).to_numpy(dtype=int)",
        ]  # fmt: skip
        return lines
    lines = ["y = table[TARGET].to_numpy(dtype=float)"]
    fitted = "y"
    if table.exposure is not None:
        lines.append("exposure = table[EXPOSURE].to_numpy(dtype=float)")
        fitted = "y / exposure"
    if study.target_transform == "log":
        fitted = f"np.log1p({fitted})"
    if fitted != "y":
        lines.append(f"fitted_to = {fitted}  # what models learn; judged are values like y")
    return lines


def _codes(material: Material) -> dict[Any, int]:
    """The code of each value of the target, as pandas reads it."""
    from outfold.study.table import as_text

    values = material.final[material.study.target].dropna()
    texts = as_text(values)
    code = {name: i for i, name in enumerate(material.table.classes)}
    pairs = pd.DataFrame({"value": values.astype(object), "text": texts.astype(object)})
    found = {
        getattr(v, "item", lambda v=v: v)(): code[str(t)]
        for v, t in pairs.drop_duplicates().itertuples(index=False)
    }
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _others(material: Material) -> list[str]:
    study, table = material.study, material.table
    lines = []
    if table.weight is not None:
        lines.append("weight = table[WEIGHT].to_numpy(dtype=float)")
    if table.groups is not None:
        lines.append("groups, _ = pd.factorize(table[GROUP], use_na_sentinel=False)")
    if table.order is not None:
        lines.append('order = table[TIME].rank(method="dense").to_numpy().astype(int)')
    if table.moments is not None and study.validation.declared.uses("gap_time"):
        if pd.api.types.is_datetime64_any_dtype(material.final[study.column_with("time")].dtype):
            lines.append(
                "moments = ((table[TIME] - table[TIME].min()) / pd.Timedelta(days=1)).to_numpy()"
            )
        else:
            lines.append("moments = table[TIME].to_numpy(dtype=float)")
    return lines


def known_of_rows(material: Material) -> dict[str, Any]:
    """What is known of the rows that a scheme looks at, and every setting of the validation."""
    table, validation = material.table, material.study.validation
    known: dict[str, Any] = {"rows.task": material.study.task}
    known |= {
        f"rows.{name}": None
        for name in ("groups", "order", "moments")
        if getattr(table, name) is None
    }
    for name in inspect.signature(type(validation)).parameters:
        known[f"=validation.{name}"] = getattr(validation, name)
    return known


def splits_code(material: Material, draw: str, rows: str) -> str:
    """The splits, by the scheme's own function.

    Args:
        material: What is exported.
        draw: The script's name of the scheme's function.
        rows: The script's name of what it looks at.
    """
    table, study = material.table, material.study
    given = ["y", literal(study.task)]
    if table.groups is not None:
        given.append("groups=groups")
    if table.order is not None:
        given.append("order=order")
    if table.moments is not None and study.validation.declared.uses("gap_time"):
        given.append("moments=moments")
    given.append("seed=SEED")
    return (
        f"rows = {rows}({', '.join(given)})\n"
        f"splits = [(np.sort(train), np.sort(test)) for train, test in {draw}(rows)]\n"
        'print(f"{len(table):,} rows, {len(splits)} splits")\n'
    )
