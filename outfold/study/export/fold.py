"""Source text without the branches that a study never takes.

A study knows its task and the parameters of its strategies. Where these decide an ``if`` or a
choice between two expressions, only the side that is taken is kept, so that what is exported shows
one method rather than every option that it has.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from outfold.study.export.edits import Edits, block_text, blocks, until_settled
from outfold.study.export.literal import literal
from outfold.task import is_classification

UNKNOWN = object()
"""What an expression is worth whose value depends on the data."""

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
}

Known = Mapping[str, Any]


def folded(text: str, known: Known) -> str:
    """A definition with decided branches resolved.

    Args:
        text: The source of one function, class or assignment.
        known: Values by name. A plain name is a parameter of the function, ``.task`` an attribute
            of any object, ``self.task`` one of that object. Behind an equals sign
            (``=validation.folds``) the value is written wherever the name stands.
    """
    return until_settled(text, lambda edits: _round(edits, known))


def _round(edits: Edits, known: Known) -> None:
    attributes = {k: v for k, v in known.items() if "." in k or "=" in k}
    for node in edits.tree.body:
        _visit(edits, node, attributes, known)


def _visit(edits: Edits, node: ast.AST, attributes: Known, names: Known) -> None:
    """Look for decided branches below a node; ``names`` holds the values of plain names."""
    if isinstance(node, ast.FunctionDef):
        given = {a.arg for a in _arguments(node)}
        inside = {k: v for k, v in names.items() if k in given or k not in _bound(node)}
        # The assignment itself goes once nothing reads the name any more, see ``lean``.
        names = {**attributes, **inside, **_settled(node, {**attributes, **inside})}
    if isinstance(node, ast.JoinedStr):
        _fill_in(edits, node, names)
        return
    for body in blocks(node):
        _cut_after_end(edits, body)
    if isinstance(node, ast.If):
        test = value_of(node.test, names)
        if test is not UNKNOWN:
            _resolve(edits, node, bool(test))
            return
    elif isinstance(node, ast.IfExp):
        test = value_of(node.test, names)
        if test is not UNKNOWN:
            edits.swap(node, edits.of(node.body if test else node.orelse))
            return
    elif isinstance(node, ast.BoolOp):
        _shorten(edits, node, names)
    elif isinstance(node, ast.With) and _limits_threads(node):
        _unwrap(edits, node)
        return
    elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        value = names.get(f"={ast.unparse(node)}", UNKNOWN)
        if value is not UNKNOWN:
            edits.swap(node, literal(value))
            return
    for child in ast.iter_child_nodes(node):
        _visit(edits, child, attributes, names)


def _fill_in(edits: Edits, node: ast.JoinedStr, names: Known) -> None:
    """Write known values into a text with braces, where they need no quotes."""
    text = before = edits.of(node)
    for name, value in names.items():
        shown = str(value)
        if name.startswith("=") and shown.replace("_", "").replace(".", "").isalnum():
            text = text.replace(f"{{{name[1:]}}}", shown)
    if text != before:
        edits.swap(node, text)


def value_of(node: ast.AST, known: Known) -> Any:
    """What an expression is worth, or ``UNKNOWN``."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return known.get(f"={node.id}", known.get(node.id, UNKNOWN))
    if isinstance(node, ast.Attribute):
        whole = ast.unparse(node)
        found = known.get(f"={whole}", known.get(whole, UNKNOWN))
        return known.get(f".{node.attr}", UNKNOWN) if found is UNKNOWN else found
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        value = value_of(node.operand, known)
        return UNKNOWN if value is UNKNOWN else not value
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        values = [value_of(e, known) for e in node.elts]
        return UNKNOWN if any(v is UNKNOWN for v in values) else tuple(values)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = value_of(node.left, known), value_of(node.comparators[0], known)
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        return _COMPARE[type(node.ops[0])](left, right)
    if isinstance(node, ast.BoolOp):
        return _bool_value(node, known)
    if isinstance(node, ast.IfExp):
        test = value_of(node.test, known)
        return UNKNOWN if test is UNKNOWN else value_of(node.body if test else node.orelse, known)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        argument = value_of(node.args[0], known)
        if node.func.id == is_classification.__name__ and argument is not UNKNOWN:
            return is_classification(argument)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("startswith", "endswith")
    ):
        text = value_of(node.func.value, known)
        ends = [value_of(a, known) for a in node.args]
        if isinstance(text, str) and all(isinstance(e, str) for e in ends):
            return getattr(text, node.func.attr)(*ends)
    return UNKNOWN


def _bool_value(node: ast.BoolOp, known: Known) -> Any:
    """The first operand that decides; known only where all before it are."""
    decides = (lambda v: not v) if isinstance(node.op, ast.And) else bool
    value: Any = UNKNOWN
    for operand in node.values:
        value = value_of(operand, known)
        if value is UNKNOWN:
            return UNKNOWN
        if decides(value):
            return value
    return value


def _shorten(edits: Edits, node: ast.BoolOp, known: Known) -> None:
    """Leave out leading operands of ``and`` and ``or`` that decide nothing."""
    decides = (lambda v: not v) if isinstance(node.op, ast.And) else bool
    for i, operand in enumerate(node.values[:-1]):
        value = value_of(operand, known)
        if value is UNKNOWN or decides(value):
            first = i
            break
    else:
        first = len(node.values) - 1
    if first:
        edits.replace(edits.start(node), edits.start(node.values[first]), "")


def _arguments(node: ast.FunctionDef) -> list[ast.arg]:
    a = node.args
    return [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]


def _bound(node: ast.FunctionDef) -> set[str]:
    """The names that a function assigns."""
    return {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def _settled(node: ast.FunctionDef, known: Known) -> dict[str, Any]:
    """Local names that are assigned once, at the top of the function, a known word or truth."""
    stores: dict[str, int] = {}
    for n in ast.walk(node):
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            stores[n.id] = stores.get(n.id, 0) + 1
    given = {a.arg for a in _arguments(node)}
    found: dict[str, Any] = {}
    for statement in node.body:
        name = _plain_target(statement)
        if name and stores[name] == 1 and name not in given:
            value = value_of(statement.value, {**known, **found})  # type: ignore[attr-defined]
            if isinstance(value, bool | str):
                found[f"={name}"] = value
    return found


def _plain_target(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.AST = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target = statement.target
    else:
        return None
    return target.id if isinstance(target, ast.Name) else None


def _cut_after_end(edits: Edits, body: list[ast.stmt]) -> None:
    """Remove what stands behind a statement that always leaves the block."""
    for statement in body[:-1]:
        if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
            edits.lines((statement.end_lineno or 0) + 1, body[-1].end_lineno or 0)
            return


def _resolve(edits: Edits, node: ast.If, test: bool) -> None:
    """Put the side that is taken in the place of an ``if``."""
    last = node.end_lineno or node.lineno
    is_elif = edits.raw[edits.start(node) :].startswith(b"elif")
    pad = " " * node.col_offset
    if test:
        if is_elif:
            body = block_text(edits, node.body, node.col_offset + 4)
            edits.lines(node.lineno, last, f"{pad}else:\n{body}")
        else:
            edits.lines(node.lineno, last, block_text(edits, node.body, node.col_offset))
        return
    rest = node.orelse
    if not rest:
        edits.lines(node.lineno, last, "" if is_elif else f"{pad}pass\n")
    elif _is_elif(edits, rest):
        text = block_text(edits, rest, node.col_offset)
        if not is_elif:
            text = text.replace("elif", "if", 1)
        edits.lines(node.lineno, last, text)
    elif is_elif:
        body = block_text(edits, rest, node.col_offset + 4)
        edits.lines(node.lineno, last, f"{pad}else:\n{body}")
    else:
        edits.lines(node.lineno, last, block_text(edits, rest, node.col_offset))


def _is_elif(edits: Edits, rest: list[ast.stmt]) -> bool:
    return (
        len(rest) == 1
        and isinstance(rest[0], ast.If)
        and edits.raw[edits.start(rest[0]) :].startswith(b"elif")
    )


def _limits_threads(node: ast.With) -> bool:
    call = node.items[0].context_expr
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "threadpool_limits"
    )


def _unwrap(edits: Edits, node: ast.With) -> None:
    """A script runs on one thread as a whole."""
    body = block_text(edits, node.body, node.col_offset)
    edits.lines(node.lineno, node.end_lineno or node.lineno, body)
