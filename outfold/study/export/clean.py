"""Source text as a script shows it: without types, with short docstrings, with plain errors."""

from __future__ import annotations

import ast
import re
import textwrap

from outfold.study.export.edits import Edits, blocks, until_settled

WIDTH = 100
_SECTION = re.compile(r"^\s*(Args|Attributes|Returns|Raises|Yields|Source)\b.*:", re.MULTILINE)
_PRAGMA = re.compile(r"  # (type: ignore|noqa|fmt: skip|pragma)[^\n]*")
_PLAIN_TYPE = re.compile(r"^[\[\], .|]*((int|float|str|bool|tuple|list|dict|None)[\[\], .|]*)+$")

_QUOTED = re.compile(r"""'([^'"\\]*)'""")

Imported = tuple[str, str | None, str]
"""A module, the name taken from it (None for the module itself) and the name it is used by."""


def cleaned(text: str) -> tuple[str, list[Imported]]:
    """A definition without annotations, and the imports that stood inside its functions."""
    found: list[Imported] = []
    text = _PRAGMA.sub("", text)
    text = until_settled(text, lambda edits: _take_imports(edits, found))
    text = until_settled(text, _untype)
    return text, found


def _take_imports(edits: Edits, found: list[Imported]) -> None:
    for node in ast.walk(edits.tree):
        for body in blocks(node):
            gone = [s for s in body if isinstance(s, ast.Import | ast.ImportFrom)]
            for statement in gone:
                found += imported(statement)
                edits.drop(statement)
            if gone and len(gone) == len(body):
                raise ValueError("a block of nothing but imports")


def imported(statement: ast.Import | ast.ImportFrom) -> list[Imported]:
    """What an import statement brings."""
    if isinstance(statement, ast.Import):
        return [(a.name, None, a.asname or a.name.split(".")[0]) for a in statement.names]
    return [(statement.module or "", a.name, a.asname or a.name) for a in statement.names]


def _untype(edits: Edits) -> None:
    for node in ast.walk(edits.tree):
        if isinstance(node, ast.ClassDef):
            is_record = any("dataclass" in ast.unparse(d) for d in node.decorator_list)
            for statement in node.body:
                if isinstance(statement, ast.AnnAssign):
                    _field(edits, statement, is_record)
        if isinstance(node, ast.FunctionDef):
            _signature(edits, node)
            for inner in ast.walk(node):
                if isinstance(inner, ast.AnnAssign):
                    _local(edits, inner)
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            _docstring(edits, node)
        for body in blocks(node):
            _only_pass(edits, body)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            _plain_error(edits, node.exc)
    for statement in edits.tree.body:
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            edits.replace(edits.end(statement.target), edits.end(statement.annotation), "")


def _signature(edits: Edits, node: ast.FunctionDef) -> None:
    """The header of a function without types, on one line where it fits."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    arguments += [a for a in (node.args.vararg, node.args.kwarg) if a]
    if not any(a.annotation for a in arguments) and node.returns is None:
        return
    for argument in arguments:
        argument.annotation = None
    _header(edits, node)


def without_parameter(text: str, name: str) -> str:
    """A definition in which no function takes, and none is given, a parameter of that name."""
    return until_settled(text, lambda edits: _untake(edits, name))


def _untake(edits: Edits, name: str) -> None:
    for node in ast.walk(edits.tree):
        if isinstance(node, ast.FunctionDef):
            before = len(node.args.args) + len(node.args.kwonlyargs)
            node.args.args = [a for a in node.args.args if a.arg != name]
            if len(node.args.args) + len(node.args.kwonlyargs) < before:
                _header(edits, node)
        elif isinstance(node, ast.Call):
            given = [edits.of(a) for a in node.args if ast.unparse(a) != name]
            given += [edits.of(k) for k in node.keywords if k.arg != name]
            if len(given) < len(node.args) + len(node.keywords):
                edits.swap(node, f"{edits.of(node.func)}({', '.join(given)})")


def _header(edits: Edits, node: ast.FunctionDef) -> None:
    shown = _QUOTED.sub(r'"\1"', ast.unparse(node.args))
    pad = " " * node.col_offset
    header = f"{pad}def {node.name}({shown}):"
    if len(header) > WIDTH:
        inside = textwrap.fill(
            shown, WIDTH, initial_indent=pad + " " * 4, subsequent_indent=pad + " " * 4,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        header = f"{pad}def {node.name}(\n{inside}\n{pad}):"
    first = node.body[0]
    lines = edits.text.split("\n")
    last = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))]) - 1
    while lines[last - 1].strip().startswith("#"):
        last -= 1
    edits.lines(node.lineno, last, header + "\n")


def _field(edits: Edits, node: ast.AnnAssign, is_record: bool) -> None:
    """A class's field: kept in a dataclass, with a type that needs no import."""
    if not is_record:
        if node.value is None:
            edits.drop(node)
        else:
            edits.replace(edits.end(node.target), edits.end(node.annotation), "")
        return
    shown = edits.of(node.annotation)
    if shown != "object" and not _PLAIN_TYPE.match(shown):
        edits.swap(node.annotation, "object")


def _local(edits: Edits, node: ast.AnnAssign) -> None:
    if node.value is None:
        edits.drop(node)
    else:
        edits.replace(edits.end(node.target), edits.end(node.annotation), "")


def _docstring(edits: Edits, node: ast.ClassDef | ast.FunctionDef) -> None:
    """Keep what says what and why; leave out the sections that list arguments and types."""
    first = node.body[0]
    if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)):
        return
    text = str(first.value.value)
    cut = _SECTION.search(text)
    short = (text[: cut.start()] if cut else text).rstrip()
    raw = edits.of(first)
    if short != text.rstrip():
        quote = '"""'
        pad = "\n" + " " * first.col_offset if "\n" in short else ""
        body = short.replace("\\", "\\\\") if "\\" in short and not raw.startswith("r") else short
        edits.swap(first, f"{quote}{body}{pad}{quote}")


def _only_pass(edits: Edits, body: list[ast.stmt]) -> None:
    """Remove a ``pass`` that stands beside other statements."""
    passes = [s for s in body if isinstance(s, ast.Pass)]
    for statement in passes if len(passes) < len(body) else passes[1:]:
        edits.drop(statement)


def _plain_error(edits: Edits, call: ast.Call) -> None:
    """``raise SomeError(what, hint)`` as ``raise ValueError(what)``."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name in ("OutfoldError", "NotApplicableError", "StudyError", "ParameterError"):
        edits.swap(call.func, "ValueError")
        edits.replace(edits.end(call.args[0]), edits.end(call.args[-1]), "")
