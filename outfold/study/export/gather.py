"""The source of some of the engine's functions and classes with everything that they rest on.

What a script shows is the engine's own code, so the two cannot drift apart: nothing is written a
second time. Beginning with the functions and classes that a study's estimators are made of, every
name that they use is followed to its definition, until only other libraries are left.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from outfold.errors import StudyError
from outfold.study.export.clean import Imported, cleaned, without_parameter
from outfold.study.export.edits import Edits
from outfold.study.export.fold import folded
from outfold.study.export.lean import lean
from outfold.study.export.modules import Module, module_named
from outfold.study.export.scope import local_names, outer_names, used_attributes

ERRORS = "outfold.errors"
PROTOCOL = frozenset(
    {
        "fit", "transform", "fit_transform", "fit_resample", "predict", "predict_proba",
        "decision_function", "sample_weight", "classes_",
    }
)  # fmt: skip
"""Methods that scikit-learn and imbalanced-learn call by name."""

GENERIC = ("choose", "rank", "cut", "build", "coded", "make")
"""Names that say little without the file that they stand in."""

CALLED = ("choose", "rank", "cut")
"""Those of them that say what is done; their file says by what."""

_BLANKS = re.compile(r"\n\n\n+")

Key = tuple[str, str]
"""A module and the name of one of its definitions."""


@cache
def _adapted(text: str, known: tuple[tuple[str, Any], ...]) -> tuple[str, tuple[Imported, ...]]:
    short, found = cleaned(folded(text, dict(known)))
    return lean(short), tuple(found)


@cache
def _outer(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.id for node in outer_names(ast.parse(text))))


@cache
def _attributes(text: str) -> frozenset[str]:
    return frozenset(used_attributes(ast.parse(text)))


@cache
def _calls(text: str) -> tuple[ast.Call, ...]:
    """The calls of functions by their plain names."""
    found = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call))
    return tuple(n for n in found if isinstance(n.func, ast.Name))


class Gathered:
    """Definitions and imports that some functions and classes need.

    Args:
        roots: The functions and classes themselves.
        known: Values that decide branches everywhere, see ``fold.folded``.
        known_in: Further values within one function or class.
        written: Names of parameters whose values are written in full wherever they are used, so
            that no function needs to take them.
        reserved: Names that the script has for other things.
        used: Names of attributes that the script itself looks up.

    Raises:
        StudyError: Something is defined where its source cannot be had.
    """

    def __init__(
        self,
        roots: Iterable[Any],
        known: Mapping[str, Any],
        known_in: Mapping[Key, Mapping[str, Any]] | None = None,
        reserved: Iterable[str] = (),
        used: Iterable[str] = (),
        written: Iterable[str] = (),
    ) -> None:
        self._written = tuple(written)
        self._varied: set[Key] = set()
        self._known = dict(known)
        self._known_in = dict(known_in or {})
        self._inside = {"outfold"}
        self._roots = [self._key_of(r) for r in roots]
        self._used = set(PROTOCOL) | set(used)
        self._texts: dict[Key, str] = {}
        self._links: dict[Key, dict[str, Key]] = {}
        self.imports: set[Imported] = set()
        while True:
            self._texts, self._links, self.imports = {}, {}, set()
            for key in self._roots:
                self._follow(key)
            found = set().union(*(_attributes(t) for t in self._texts.values()))
            varied = self._varied | self._given_another_task()
            if found <= self._used and varied == self._varied:
                break
            self._used |= found
            self._varied = varied
        self._names = self._named(set(reserved))

    def name(self, part: Any) -> str:
        """What a function or class is called in the script."""
        return self._names[self._key_of(part)]

    def text(self) -> list[tuple[str, str, str]]:
        """Each module's name, title and the definitions taken from it, in an order that works."""
        found = []
        for module in self._modules():
            keys = [k for k in self._texts if k[0] == module]
            keys.sort(key=lambda k: module_named(k[0]).definitions[k[1]].lineno)
            source = "\n\n".join(self._renamed(k).rstrip() + "\n" for k in keys)
            found.append((module, module_named(module).title, source))
        return found

    def _given_another_task(self) -> set[Key]:
        """The functions that some call gives another task than the study's.

        One that finds a penalty for classes may be asked for numbers, to which they are made.
        """
        found: set[Key] = set()
        for key, text in self._texts.items():
            for call in _calls(text):
                callee = self._links[key].get(ast.unparse(call.func))
                given = _given(call, callee, "task") if callee else None
                if callee is None or given is None:
                    continue
                shown = ast.unparse(given)
                passed_on = shown == "task" or shown.endswith((".task", "._task"))
                if not passed_on or (shown == "task" and key in self._varied):
                    found.add(callee)
        return found

    def _modules(self) -> list[str]:
        """The modules, each behind those that it takes something from."""
        needs: dict[str, dict[str, None]] = {}
        for key in self._texts:
            others = needs.setdefault(key[0], {})
            others |= dict.fromkeys(k[0] for k in self._links[key].values() if k[0] != key[0])
        order: dict[str, None] = {}

        def place(module: str) -> None:
            if module not in order:
                for other in needs[module]:
                    place(other)
                order[module] = None

        for module in needs:
            place(module)
        return list(order)

    def _key_of(self, part: Any) -> Key:
        module, name = part.__module__, part.__qualname__
        if "<" in name or "." in name or name not in module_named(module).definitions:
            raise StudyError(
                f"{name} of {module} cannot be exported: it is not defined at the top of a file.",
                "Leave out what uses it.",
            )
        self._inside.add(module.split(".")[0])
        return module, name

    def _follow(self, key: Key) -> None:
        if key in self._texts:
            return
        module = module_named(key[0])
        text, inner = self._cut(key, module.source(key[1]))
        self._texts[key] = text
        links = self._links[key] = {}
        for name in _outer(text):
            other = self._resolve(module, name, inner)
            if other is not None:
                links[name] = other
                if other != key:
                    self._follow(other)

    def _cut(self, key: Key, text: str) -> tuple[str, dict[str, Imported]]:
        """A definition's text without methods that nothing calls, and the imports inside it."""
        known = {**self._known, **self._known_in.get(key, {})}
        if key in self._varied:
            known.pop("task", None)
        text, inner = _adapted(text, tuple(sorted(known.items(), key=lambda p: p[0])))
        for name in self._written:
            if name in text:
                text = without_parameter(text, name)
        edits = Edits(text)
        for node in edits.tree.body:
            for method in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(method, ast.FunctionDef) and not (
                    method.name.startswith("__") or method.name in self._used
                ):
                    edits.drop(method)
        return _BLANKS.sub("\n\n", edits.done()), {found[2]: found for found in inner}

    def _resolve(self, module: Module, name: str, inner: Mapping[str, Imported]) -> Key | None:
        """Where a name that a definition uses is defined; None outside of the engine."""
        found = inner.get(name) or module.imports.get(name)
        if name in module.definitions and name not in inner:
            return module.name, name
        if found is None:
            return None  # a builtin
        source, taken, _ = found
        if source == ERRORS:
            raise StudyError(f"{module.name} catches errors by their kind, which no script can.")
        if source.split(".")[0] in self._inside:
            if taken is None or taken not in module_named(source).definitions:
                raise StudyError(f"{module.name} uses {source} as a whole, which no script can.")
            return source, taken
        self.imports.add(found)
        return None

    def _named(self, reserved: set[str]) -> dict[Key, str]:
        """A name for each definition, different from each other and from every import."""
        taken = reserved | {i[2] for i in self.imports}
        wanted: dict[str, list[Key]] = {}
        for key in self._texts:
            wanted.setdefault(key[1], []).append(key)
        names: dict[Key, str] = {}
        for name, keys in wanted.items():
            for key in keys:
                alone = len(keys) == 1 and name not in taken and name not in GENERIC
                names[key] = name if alone else self._longer(name, key[0].split(".")[-1])
        return names

    @staticmethod
    def _longer(name: str, module: str) -> str:
        if name.isupper():
            return f"{module.upper()}_{name}"
        if name[:1].isupper():
            return "".join(w.capitalize() for w in module.split("_")) + name
        return f"{name}_by_{module}" if name in CALLED else f"{name}_of_{module}"

    def _renamed(self, key: Key) -> str:
        """A definition's text with every name as the script has it."""
        edits = Edits(self._texts[key])
        changes = {a: self._names[k] for a, k in self._links[key].items()}
        clash = set(changes.values()) & local_names(edits.tree)
        if clash - set(changes):
            raise StudyError(f"{key[0]} names a variable {clash.pop()!r}, as a part of it is.")
        for node in outer_names(edits.tree):
            if changes.get(node.id, node.id) != node.id:
                edits.swap(node, changes[node.id])
        text = edits.done()
        own, new = key[1], self._names[key]
        if own != new:
            edits = Edits(text)
            _rename_definition(edits, own, new)
            text = edits.done()
        return text


def _given(call: ast.Call, callee: Key, parameter: str) -> ast.expr | None:
    """What a call gives for a parameter of a function or class; None where it gives nothing."""
    for keyword in call.keywords:
        if keyword.arg == parameter:
            return keyword.value
    node: ast.AST = module_named(callee[0]).definitions[callee[1]]
    skipped = 0
    if isinstance(node, ast.ClassDef):
        makers = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        if not makers:
            return None
        node, skipped = makers[0], 1
    if not isinstance(node, ast.FunctionDef):
        return None
    names = [a.arg for a in node.args.args][skipped:]
    if parameter not in names or names.index(parameter) >= len(call.args):
        return None
    return call.args[names.index(parameter)]


def _rename_definition(edits: Edits, own: str, new: str) -> None:
    for node in edits.tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == own:
            word = b"def " if isinstance(node, ast.FunctionDef) else b"class "
            start = edits.raw.index(word, edits.at(node.lineno, 0)) + len(word)
            edits.replace(start, start + len(own.encode()), new)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and target.id == own:
                    edits.swap(target, new)
