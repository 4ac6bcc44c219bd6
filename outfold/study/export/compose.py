"""A study, or some of its candidates, as code."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from outfold.errors import StudyError
from outfold.study.export.clean import imported
from outfold.study.export.document import Document, Section
from outfold.study.export.gather import Gathered, Key
from outfold.study.export.import_lines import import_lines
from outfold.study.export.literal import literal
from outfold.study.export.loop_code import (
    Parts,
    Tuned,
    candidates_code,
    loop_code,
    tuned_code,
    weighing_code,
)
from outfold.study.export.material import Material
from outfold.study.export.native import NUMBERED, ONE_HOT
from outfold.study.export.reading import reading
from outfold.study.export.render import Expressions, instances_of, is_foreign, parts_of, settings
from outfold.study.export.scope import outer_names
from outfold.study.export.scoring import own_metrics, scoring
from outfold.study.export.table_code import known_of_rows, roles_code, splits_code
from outfold.validate.scheme import Rows

DISTRIBUTIONS = {"sklearn": "scikit-learn", "imblearn": "imbalanced-learn"}
SCRIPT_NAMES = (
    "words", "levels",
    "table", "X", "y", "fitted_to", "splits", "candidates", "pipeline", "scores", "figures",
    "answers", "answer", "train", "test", "rows", "weight", "weights", "exposure", "groups",
    "order", "moments", "prepare", "selectors", "resamplers", "models", "combinations",
    "weighers", "tuned", "name", "number", "fitted", "null", "counts", "one_hot", "numbered",
    "DATA", "SEED", "TARGET", "FEATURES", "CLASSES", "POSITIVE", "GROUP", "TIME", "WEIGHT",
    "EXPOSURE", "METRIC", "board", "clone", "np", "pd", "os", "Pipeline",
    "FunctionTransformer",
)  # fmt: skip
"""What the script itself calls things."""

BASE = {
    ("os", None, "os"),
    ("numpy", None, "np"),
    ("pandas", None, "pd"),
    ("imblearn.pipeline", "Pipeline", "Pipeline"),
    ("sklearn.base", "clone", "clone"),
}
THREADS = """# One thread: sums are taken in the same order on every machine, and come out the same.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
"""


def document(material: Material, tuned: Tuned | None = None) -> Document:
    """The code that carries out what the material describes.

    Args:
        material: What is exported.
        tuned: Values that tuning took in a run, where there was any.

    Raises:
        StudyError: Something of it cannot be said without Outfold.
    """
    study, parts = material.study, Parts(material, tuned or {})
    draw = study.validation.declared.draw
    roots = [p for e in parts.estimators() for p in parts_of(e) if not is_foreign(p)]
    metrics = own_metrics(material)
    known = {"task": study.task, ".task": study.task, "._task": study.task}
    known |= known_of_rows(material)
    gathered = Gathered(
        dict.fromkeys([*roots, Rows, draw, *metrics]),
        known,
        _known_in(parts),
        SCRIPT_NAMES,
        written=("validation",),
    )
    say = Expressions(gathered.name)
    scored = scoring(material, gathered.name)
    read = reading(
        study, material.dataset, material.stored, material.final, material.columns(),
        material.original,
    )  # fmt: skip
    pipelines = candidates_code(material, parts, say)
    pipelines += weighing_code(parts, say) + tuned_code(parts, say)
    encodings = "".join(
        {"one_hot": ONE_HOT, "numbered": NUMBERED}[e] for e in parts.used_encodings()
    )
    imports = {*BASE, *gathered.imports, *say.imports, *scored.imports}
    if encodings:
        imports.add(("sklearn.preprocessing", "FunctionTransformer", "FunctionTransformer"))
    modules = gathered.text()
    drawn = {draw.__module__, Rows.__module__}
    own: list[str] = []
    cutting: list[str] = []
    for module, title, text in modules:
        told = text if module == Rows.__module__ else f"# {title}\n\n{text}"
        (cutting if module.startswith("outfold.validate") or module in drawn else own).append(told)
    sections = [
        Section(
            "Libraries and settings",
            "",
            _settings(imports, read.file, study.seed),
        ),
        Section("The table", read.note, read.code),
        Section("Roles", _roles_words(material), roles_code(material)),
        Section(
            "Splits",
            f"{study.validation.declared.label}. {study.validation.declared.summary} "
            f"{study.validation.declared.suits}",
            "\n\n".join(cutting) + "\n\n"
            + splits_code(material, gathered.name(draw), gathered.name(Rows)),
        ),
        *_parts_sections(own, encodings),
        Section("Candidates", _candidate_words(material), pipelines),
        Section(
            "Cross-validation",
            "Everything in a pipeline is fitted on a split's training rows alone; the rows held "
            "out are only predicted, so every figure below was measured out of fold.",
            scored.code + "\n\n" + loop_code(material, parts, scored),
        ),
        Section("Scores", _score_words(material), _board(scored.metrics[0])),
    ]  # fmt: skip
    _check_names("\n".join(s.code for s in sections))
    return Document(
        f"Which model predicts {study.target}?"
        if len(material.candidates) > 1
        else f"{material.candidates[0].name}, predicting {study.target}",
        _words(material),
        tuple(sections),
        read,
        _requirements(imports),
        tuple(f"{c.name}: {reason}" for c, reason in material.skipped),
    )


def _check_names(code: str) -> None:
    """Refuse code that uses a name which nothing in it defines.

    Raises:
        StudyError: There is such a name: a part of the engine is written in a way that cannot be
            taken out of it.
    """
    tree = ast.parse(code)
    known = {*dir(builtins), "__name__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            known.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            known.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            known |= {found[2] for found in imported(node)}
    if absent := sorted({n.id for n in outer_names(tree)} - known):
        raise StudyError(
            f"This study cannot be exported: {', '.join(absent)} could not be taken along.",
            "Leave out strategies one by one to see which it is.",
        )


def _known_in(parts: Parts) -> dict[Key, dict[str, Any]]:
    """Settings that every instance of a class, or every call of a function, has in common."""
    from outfold.select.selector import Selector

    seen: dict[Key, list[dict[str, Any]]] = {}
    for estimator in parts.estimators():
        for instance in instances_of(estimator):
            if isinstance(instance, Selector):
                for called in instance.functions:
                    key = (called.__module__, called.__qualname__)
                    seen.setdefault(key, []).append(dict(instance.params or {}))
            given = {f"self.{k}": v for k, v in settings(instance).items()}
            for base in type(instance).__mro__:
                if not is_foreign(base):
                    seen.setdefault((base.__module__, base.__qualname__), []).append(given)
    return {
        key: {
            name: value
            for name, value in every[0].items()
            if (value is None or isinstance(value, bool | int | float | str))
            and all(name in other and other[name] == value for other in every)
        }
        for key, every in seen.items()
    }


def _settings(imports: set[Any], file: str, seed: int) -> str:
    lines = import_lines({i for i in imports if i[0] != "os"})
    standard, _, outside = lines.partition("\n\n")
    if not outside:
        standard, outside = "", lines
    return (
        "import os\n" + (standard + "\n" if standard else "") + "\n" + THREADS + "\n"
        + outside.strip("\n") + "\n\n"
        + f"DATA = {literal(file)}  # the table; put its path here\nSEED = {seed}\n"
    )  # fmt: skip


def _parts_sections(own: Sequence[str], encodings: str) -> list[Section]:
    text = "\n\n".join([*own, *([encodings.strip("\n") + "\n"] if encodings else [])])
    if not text:
        return []
    words = (
        "What scikit-learn and imbalanced-learn do not have, or do otherwise: estimators with "
        "their interface, to be used in a pipeline like any other."
    )
    return [Section("Methods", words, text)]


def _board(metric: str) -> str:
    return (
        f"METRIC = {literal(metric)}\n"
        'board = figures.pivot(index="candidate", columns="split", values=METRIC)\n'
        'board["mean"] = board.mean(axis=1)\n'
        "board = board.loc[list(candidates)]\n"
        "print(METRIC)\n"
        'print(board.to_string(float_format=lambda v: f"{v:.6f}"))\n'
        "print()\n"
        'print(figures.groupby("candidate", sort=False).mean().drop(columns="split").to_string())\n'
    )


def _words(material: Material) -> str:
    study = material.study
    n = len(material.candidates)
    what = "One candidate is" if n == 1 else f"{n} candidates are"
    text = (
        f"{what} fitted and judged on {len(material.splits)} splits of "
        f"{material.table.n_rows:,} rows ({study.validation.declared.label.lower()}, seed "
        f"{study.seed}). Exported from Outfold, which it does not need: running it gives the "
        "numbers of the leaderboard again."
    )
    for candidate, reason in material.skipped:
        text += f"\nLeft out: {candidate.name}. {' '.join(reason.split())}"
    return text


def _roles_words(material: Material) -> str:
    notes = " ".join(material.table.notes)
    return f"What is predicted, and from what. {notes}".strip()


def _candidate_words(material: Material) -> str:
    if len(material.candidates) == 1:
        return "One pipeline from the typed columns to the prediction."
    return (
        "Each combination of a selector, a resampler and a model is one pipeline. Resampling "
        "happens in fitting only: rows that are predicted pass through as they are."
    )


def _score_words(material: Material) -> str:
    if material.study.validation.declared.apparent:
        return (
            "On the rows that no resample drew. The leaderboard corrects these figures by the "
            ".632+ rule, which takes the error on training rows as well."
        )
    return ""


def _requirements(imports: set[Any]) -> tuple[str, ...]:
    found = {i[0].split(".")[0] for i in imports} | {"sklearn", "imblearn", "pandas", "numpy"}
    outside = sorted(m for m in found if m not in sys.stdlib_module_names and m != "scipy")
    names = sorted(DISTRIBUTIONS.get(m, m) for m in outside)
    return tuple(f"{name}=={version(name)}" for name in names)
