"""The menu, made from the headers of the pages without importing them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

ROOT = Path(__file__).resolve().parents[1]

SECTIONS = {
    "start": "",
    "data": "Data",
    "design": "Design",
    "judge": "Judge",
    "ship": "Ship",
    "learn": "Learn",
}
"""Headings of the page folders, in menu order; an unknown folder comes last under its own name."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a page says about itself.

    Attributes:
        path: The script, relative to the checkout.
        section: The folder that it lies in.
        question: First line of its docstring: the page's heading.
        lead: The rest of its docstring's first paragraph or the second one: shown below.
        title: Its name in the menu.
        icon: Its icon in the menu.
        order: Its place in the menu, small first.
    """

    path: str
    section: str
    question: str
    lead: str
    title: str
    icon: str
    order: int

    @property
    def name(self) -> str:
        """The file's stem, which is also the page's address."""
        return Path(self.path).stem


def read_header(path: Path, root: Path = ROOT) -> Header:
    """What a page file declares: its docstring and the constants TITLE, ICON and ORDER.

    Raises:
        ValueError: The file lacks one of them.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    docstring = ast.get_docstring(tree)
    missing = [name for name in ("TITLE", "ICON", "ORDER") if name not in said]
    if not docstring or missing:
        raise ValueError(f"{path} lacks {', '.join(missing) or 'a docstring'}")
    question, _, rest = docstring.partition("\n")
    lead = " ".join(rest.strip().split("\n\n")[0].split())
    return Header(
        path=path.relative_to(root).as_posix(),
        section=path.parent.name,
        question=question.strip(),
        lead=lead,
        title=str(said["TITLE"]),
        icon=str(said["ICON"]),
        order=int(str(said["ORDER"])),
    )


@cache
def headers() -> tuple[Header, ...]:
    """Every page, in menu order."""
    found = [read_header(path) for path in (ROOT / "pages").glob("*/*.py")]
    places = {name: place for place, name in enumerate(SECTIONS)}
    found.sort(key=lambda h: (places.get(h.section, len(places)), h.section, h.order, h.name))
    return tuple(found)


def find(name: str) -> Header | None:
    """The page of that name, or None where there is none."""
    return next((h for h in headers() if h.name == name), None)


def menu() -> tuple[Page, Header]:
    """Draw the menu and return the page to run with its header."""
    sections: dict[str, list[Page]] = {}
    for place, header in enumerate(headers()):
        page = st.Page(
            ROOT / header.path,
            title=header.title,
            icon=header.icon,
            url_path=header.name,
            default=place == 0,
        )
        heading = SECTIONS.get(header.section, header.section.title())
        sections.setdefault(heading, []).append(page)
    chosen = st.navigation(sections, expanded=True)
    known = {h.title: h for h in headers()}
    return chosen, known[chosen.title]


def link(name: str, label: str = "", icon: str | None = None) -> None:
    """A link to a page, where it exists."""
    if header := find(name):
        st.page_link(ROOT / header.path, label=label or header.title, icon=icon or header.icon)
