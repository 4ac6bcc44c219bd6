"""Modules as text: where each of their definitions stands, and what they import."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from outfold.study.export.clean import Imported, imported


@dataclass(frozen=True)
class Module:
    """A module as text: its definitions and imports by name."""

    name: str
    text: str
    title: str
    definitions: Mapping[str, ast.stmt]
    imports: Mapping[str, Imported]

    def source(self, name: str) -> str:
        """The text of one definition, with the comments directly above it."""
        node = self.definitions[name]
        lines = self.text.split("\n")
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        text = "\n".join(lines[first - 1 : node.end_lineno]) + "\n"
        return _explained(lines, node) + text


def _explained(lines: list[str], node: ast.stmt) -> str:
    """The text that stands below a constant, as comments to be put above it."""
    rest = "\n".join(lines[(node.end_lineno or 0) :])
    if not isinstance(node, ast.Assign | ast.AnnAssign) or not rest.startswith('"""'):
        return ""
    words = rest[3:].partition('"""')[0].strip()
    return "".join(f"# {line.strip()}\n" for line in words.split("\n") if line.strip())


@cache
def module_named(name: str) -> Module:
    """A module's definitions."""
    text = inspect.getsource(importlib.import_module(name))
    tree = ast.parse(text)
    definitions: dict[str, ast.stmt] = {}
    imports: dict[str, Imported] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            definitions[node.name] = node
        elif isinstance(node, ast.Assign):
            definitions |= {t.id: node for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            definitions[node.target.id] = node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imports |= {found[2]: found for found in imported(node)}
    title = (ast.get_docstring(tree) or name).split("\n")[0]
    return Module(name, text, title, definitions, imports)
