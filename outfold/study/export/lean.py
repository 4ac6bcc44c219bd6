"""Source text without what only reports: notes, merits, records of origin.

The engine tells people what a method did besides doing it. A script keeps what is done.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from outfold.study.export.edits import Edits, blocks, until_settled

TOLD = frozenset({"notes_", "origins_"})
"""Attributes that only tell what was done."""

KEPT = {"Selection": ("selected",)}
"""Records of which a pipeline needs only some fields."""

_PURE_NAMES = frozenset(
    {
        "len", "str", "int", "float", "bool", "tuple", "list", "dict", "set", "sorted", "sum",
        "min", "max", "round", "any", "all", "zip", "range", "enumerate", "abs", "said", "named",
        "best_part", "source_of", "links",
    }
)  # fmt: skip
_PURE_METHODS = frozenset(
    {
        "sum", "mean", "min", "max", "join", "astype", "any", "all", "items", "keys", "values",
        "std", "get", "tolist", "argmax", "argmin", "format", "setdefault",
        "startswith", "endswith",
    }
)  # fmt: skip
_GROWS = frozenset({"append", "extend", "add", "update", "setdefault"})


def lean(text: str) -> str:
    """A definition without what is never used to compute a result."""
    return until_settled(text, _round)


def _round(edits: Edits) -> None:
    for node in ast.walk(edits.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            _fewer_fields(edits, node)
        elif isinstance(node, ast.ClassDef) and node.name in KEPT:
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and _name(field.target) not in KEPT[node.name]:
                    edits.drop(field)
        for body in blocks(node):
            _without_telling(edits, body)
    for node in _outermost(edits.tree):
        _without_unread(edits, node)


def _outermost(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (n for n in inside if isinstance(n, ast.FunctionDef))


def _fewer_fields(edits: Edits, call: ast.Call) -> None:
    kept = KEPT.get(call.func.id) if isinstance(call.func, ast.Name) else None
    if kept and any(k.arg not in kept for k in call.keywords):
        given = ", ".join(edits.of(k) for k in call.keywords if k.arg in kept)
        edits.swap(call, f"{edits.of(call.func)}({given})")


def _without_telling(edits: Edits, body: list[ast.stmt]) -> None:
    _remove(edits, body, [s for s in body if _tells(s)])


def _tells(statement: ast.stmt) -> bool:
    """Whether a statement only notes down what was done, or does nothing."""
    if isinstance(statement, ast.Delete):
        return all(isinstance(t, ast.Name) for t in statement.targets)
    if isinstance(statement, ast.Assign):
        return all(isinstance(t, ast.Attribute) and t.attr in TOLD for t in statement.targets)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        return (
            isinstance(function, ast.Attribute)
            and function.attr in _GROWS
            and isinstance(function.value, ast.Attribute)
            and function.value.attr in TOLD
        )
    if isinstance(statement, ast.If | ast.For) and not statement.orelse:
        asked = statement.test if isinstance(statement, ast.If) else statement.iter
        return all(isinstance(s, ast.Pass) for s in statement.body) and _pure(asked)
    return False


def _without_unread(edits: Edits, function: ast.FunctionDef) -> None:
    """Remove assignments to local names that nothing reads, where making the value does nothing."""
    # What is given from outside is somebody else's, and so may be what a name merely points to.
    read = Counter(a.arg for n in ast.walk(function) for a in _parameters(n))
    read.update(_pointing(function))
    growing = {id(place) for s in ast.walk(function) if (place := _grown(s)) is not None}
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and id(node) not in growing
        ):
            read[node.id] += 1
    for node in ast.walk(function):
        for body in blocks(node):
            _remove(edits, body, [s for s in body if _unread(s, read)])
            for statement in body:
                if isinstance(statement, ast.Assign) and isinstance(
                    target := statement.targets[0], ast.Tuple
                ):
                    for part in target.elts:
                        if (name := _name(part)) and name != "_" and not read[name]:
                            edits.swap(part, "_")


def _parameters(node: ast.AST) -> list[ast.arg]:
    if not isinstance(node, ast.FunctionDef | ast.Lambda):
        return []
    a = node.args
    return [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]


def _pointing(function: ast.FunctionDef) -> set[str]:
    """Names of which some statement changes a part, and which are not made here as a container."""
    changed = {place.id for s in ast.walk(function) if (place := _grown(s)) is not None}
    made = {
        name
        for s in ast.walk(function)
        if isinstance(s, ast.Assign) and len(s.targets) == 1 and (name := _name(s.targets[0]))
        and isinstance(s.value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp)
    }  # fmt: skip
    return changed - made


def _grown(node: ast.AST) -> ast.Name | None:
    """The local list, set or mapping that a statement does nothing but add to."""
    place: ast.AST | None = None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        if isinstance(function, ast.Attribute) and function.attr in _GROWS:
            place = function.value
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Subscript):
            place = target.value
    return place if isinstance(place, ast.Name) else None


def _unread(statement: ast.stmt, read: Counter[str]) -> bool:
    grown = _grown(statement)
    if grown is not None:
        value = statement.value  # type: ignore[attr-defined]
        parts = value.args if isinstance(statement, ast.Expr) else [value]
        return not read[grown.id] and all(_pure(p) for p in parts)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AugAssign):
        target = statement.target
    else:
        return False
    name = _name(target)
    return name is not None and not read[name] and _pure(statement.value)


def _remove(edits: Edits, body: list[ast.stmt], gone: list[ast.stmt]) -> None:
    """Drop statements, leaving a ``pass`` where the block would be empty."""
    for statement in gone if len(gone) < len(body) else gone[:-1]:
        edits.drop(statement)
    if gone and len(gone) == len(body) and not isinstance(gone[-1], ast.Pass):
        last = gone[-1]
        pad = " " * last.col_offset
        edits.lines(last.lineno, last.end_lineno or last.lineno, f"{pad}pass\n")


def _name(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else None


def _pure(node: ast.AST) -> bool:
    """Whether computing an expression leaves everything else as it is."""
    for part in ast.walk(node):
        if isinstance(part, ast.Yield | ast.YieldFrom | ast.Await | ast.NamedExpr):
            return False
        if isinstance(part, ast.Call) and not _pure_call(part.func):
            return False
    return True


def _pure_call(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _PURE_NAMES
    if isinstance(function, ast.Attribute):
        whole = ast.unparse(function)
        if whole.startswith("np.") and not whole.startswith("np.random"):
            return True
        return function.attr in _PURE_METHODS
    return False
