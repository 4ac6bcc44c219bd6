"""Which names of a piece of source are its own and which come from the module around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def outer_names(tree: ast.AST) -> list[ast.Name]:
    """Every use of a name that is bound outside of the definitions in a tree."""
    return list(_free(tree, frozenset()))


def used_attributes(tree: ast.AST) -> set[str]:
    """Every name that is looked up on an object."""
    return {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}


def local_names(tree: ast.AST) -> set[str]:
    """Every name that some function in a tree binds."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, _Function | ast.Lambda):
            found |= _parameters(node.args)
            if isinstance(node, _Function):
                found |= _stored(node.body)
        elif isinstance(node, _Comprehension):
            found |= _targets(node)
    return found


def _free(node: ast.AST, bound: frozenset[str]) -> Iterator[ast.Name]:
    part: ast.AST
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in bound:
            yield node
        return
    if isinstance(node, _Function):
        outside: list[ast.AST] = [
            *node.decorator_list,
            *node.args.defaults,
            *filter(None, node.args.kw_defaults),
        ]
        for part in outside:
            yield from _free(part, bound)
        inside = bound | _parameters(node.args) | _stored(node.body)
        for statement in node.body:
            yield from _free(statement, inside)
        return
    if isinstance(node, ast.Lambda):
        for part in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            yield from _free(part, bound)
        yield from _free(node.body, bound | _parameters(node.args))
        return
    if isinstance(node, ast.ClassDef):
        for part in [*node.decorator_list, *node.bases, *node.keywords]:
            yield from _free(part, bound)
        own = bound | _stored(node.body)
        for statement in node.body:
            # A class's names are not seen from inside its methods.
            yield from _free(statement, bound if isinstance(statement, _Function) else own)
        return
    if isinstance(node, _Comprehension):
        inside = bound | _targets(node)
        for part in ast.iter_child_nodes(node):
            yield from _free(part, inside)
        return
    for part in ast.iter_child_nodes(node):
        yield from _free(part, bound)


def _parameters(args: ast.arguments) -> frozenset[str]:
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
    return frozenset(a.arg for a in every if a is not None)


def _targets(node: ast.AST) -> frozenset[str]:
    generators = getattr(node, "generators", [])
    return frozenset(
        n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)
    )


def _stored(body: list[ast.stmt]) -> frozenset[str]:
    """The names that statements bind in their own scope."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _Function | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Lambda | _Comprehension):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        waiting += ast.iter_child_nodes(node)
    return frozenset(found)
