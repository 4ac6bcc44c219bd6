"""The exported code in sections, as a script and as a notebook."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outfold.study.export.literal import spoken
from outfold.study.export.reading import Reading

WIDTH = 96


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the exported code.

    Attributes:
        title: Its heading.
        words: What it does and why, as plain sentences.
        code: Its lines.
    """

    title: str
    words: str
    code: str


@dataclass(frozen=True, slots=True)
class Document:
    """A study as code.

    Attributes:
        title: What it is about, one line.
        words: What is in it and how it is run.
        sections: In order.
        reading: How it gets its table.
        requirements: Distributions that it needs, with the versions that gave these numbers.
        skipped: Candidates left out, each with the reason.
    """

    title: str
    words: str
    sections: tuple[Section, ...]
    reading: Reading
    requirements: tuple[str, ...]
    skipped: tuple[str, ...] = ()

    def script(self) -> str:
        """The code as one Python file."""
        needs = " ".join(f'"{r}"' for r in self.requirements)
        head = "\n\n".join(
            [spoken(self.title), _filled(self.words), _filled(self.reading.note),
             f"Needs: pip install {needs}"]
        )  # fmt: skip
        pieces = [docstring(head) + "\n"]
        for section in self.sections:
            pieces.append(_heading(section.title))
            if section.words:
                pieces.append(_commented(section.words))
            if section.words and section.code.lstrip("\n").startswith("#"):
                pieces.append("")
            pieces.append(section.code.strip("\n") + "\n")
        return "\n".join(pieces)

    def notebook(self) -> str:
        """The code as a Jupyter notebook, format 4, no outputs."""
        needs = " ".join(f'"{r}"' for r in self.requirements)
        words = f"# {markdown(self.title)}\n\n{markdown(self.words)}\n\n"
        words += f"{markdown(self.reading.note)}\n\n    pip install {needs}"
        cells = [_cell("markdown", words, 0)]
        for section in self.sections:
            text = f"## {markdown(section.title)}"
            if section.words:
                text += f"\n\n{markdown(section.words)}"
            cells.append(_cell("markdown", text, len(cells)))
            cells.append(_cell("code", section.code.strip("\n"), len(cells)))
        book = {
            "cells": cells,
            "metadata": {
                "kernelspec": {
                    "display_name": "Python 3", "language": "python", "name": "python3"
                },
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }  # fmt: skip
        return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, text: str, number: int) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number:02d}",
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def markdown(text: str) -> str:
    """Plain text as Markdown that shows it as it is: no link, image or HTML of a column's name."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!$" else c for c in text)


def docstring(text: str) -> str:
    """Text as a docstring, whatever it holds."""
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{safe}\n"""'


def _filled(text: str) -> str:
    return "\n".join(textwrap.fill(spoken(line), WIDTH) for line in text.split("\n"))


def _commented(text: str) -> str:
    lines: Sequence[str] = textwrap.wrap(spoken(text), WIDTH - 2)
    return "".join(f"# {line}\n" for line in lines).rstrip("\n")


def _heading(title: str) -> str:
    return f"\n# --- {title} " + "-" * max(3, WIDTH - 7 - len(title))
