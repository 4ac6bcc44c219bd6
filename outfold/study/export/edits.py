"""Changes to a piece of Python source that leave everything else as it was written."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Edits:
    """A source text and the replacements to be made in it; the outermost of nested ones win.

    Positions are those of ``ast``: lines from 1, columns in bytes of UTF-8.
    """

    text: str
    _found: list[tuple[int, int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.raw = self.text.encode()
        self.tree = ast.parse(self.text)
        self._starts = [0]
        for line in self.raw.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        """The offset of a position."""
        return self._starts[line - 1] + column

    def start(self, node: ast.AST) -> int:
        """The offset at which a node begins."""
        return self.at(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """The offset just behind a node."""
        return self.at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def of(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.raw[self.start(node) : self.end(node)].decode()

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in place of the bytes from ``start`` to ``end``."""
        self._found.append((start, end, text.encode()))

    def swap(self, node: ast.AST, text: str) -> None:
        """Put a text in place of a node."""
        self.replace(self.start(node), self.end(node), text)

    def lines(self, first: int, last: int, text: str = "") -> None:
        """Put a text in place of whole lines, both counted from 1 and inclusive."""
        stop = self._starts[last] if last < len(self._starts) else len(self.raw)
        self.replace(self._starts[first - 1], stop, text)

    def drop(self, node: ast.stmt) -> None:
        """Remove a statement with its lines."""
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        self.lines(first, node.end_lineno or node.lineno)

    @property
    def any(self) -> bool:
        """Whether a replacement was asked for."""
        return bool(self._found)

    def done(self) -> str:
        """The text with its replacements made."""
        outer: list[tuple[int, int, bytes]] = []
        for start, end, text in sorted(self._found, key=lambda f: (f[0], -f[1])):
            if outer and start < outer[-1][1]:
                continue
            outer.append((start, end, text))
        pieces, last = [], 0
        for start, end, text in outer:
            pieces += [self.raw[last:start], text]
            last = end
        return b"".join([*pieces, self.raw[last:]]).decode()


def until_settled(text: str, change: Callable[[Edits], None]) -> str:
    """Apply a change again and again until it asks for no more replacements."""
    while True:
        edits = Edits(text)
        change(edits)
        if not edits.any:
            return text
        text = edits.done()


def blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """The lists of statements directly inside a node."""
    found = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [b for b in found if isinstance(b, list) and b and isinstance(b[0], ast.stmt)]


def block_text(edits: Edits, body: list[ast.stmt], indent: int) -> str:
    """The lines of a block, comments above its first statement included, at another indent."""
    lines = edits.text.split("\n")
    first = min([body[0].lineno, *(d.lineno for d in getattr(body[0], "decorator_list", []))])
    while first > 1 and lines[first - 2].strip().startswith("#"):
        first -= 1
    last = body[-1].end_lineno or body[-1].lineno
    return shifted("\n".join(lines[first - 1 : last]) + "\n", indent - body[0].col_offset)


def shifted(text: str, by: int) -> str:
    """Lines moved to the right, or to the left where ``by`` is negative."""
    moved = []
    for line in text.split("\n"):
        if not line.strip():
            moved.append("")
        elif by >= 0:
            moved.append(" " * by + line)
        else:
            moved.append(line[min(-by, len(line) - len(line.lstrip())) :])
    return "\n".join(moved)
