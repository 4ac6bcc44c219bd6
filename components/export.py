"""A study or a candidate as code that runs without Outfold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache
from components.judging import names_of
from components.shell import why
from components.text import plain
from components.upload import originals

if TYPE_CHECKING:
    from outfold.study.export.bundle import Export
    from outfold.study.study import Candidate

STUDY = ""
"""The choice that stands for every candidate."""

KINDS = {
    "script": ("Script", "study.py", "text/x-python", ":material/code:"),
    "notebook": ("Notebook", "study.ipynb", "application/x-ipynb+json", ":material/book:"),
    "zip": ("All with the table", "study.zip", "application/zip", ":material/folder_zip:"),
}
"""Label, file name, media type and icon of each form."""


def code(run: str, candidates: Sequence[Candidate]) -> None:
    """Choose what is written out, read it, and download it."""
    names = names_of(run)
    chosen: str = st.selectbox(
        "Written out",
        [STUDY, *(c.name for c in candidates)],
        format_func=lambda name: names[name] if name else "The whole study",
        key="exported",
        persist_state="session",
    )
    found = _texts(run, chosen)
    with st.container(horizontal=True):
        for kind, (label, file, media, icon) in KINDS.items():
            st.download_button(
                label,
                data=(lambda: _export(run, chosen).content("zip")) if kind == "zip"
                else found[kind],
                file_name=file,
                mime=media,
                key=f"export-{kind}",
                icon=icon,
                on_click="ignore",
            )  # fmt: skip
    where = "" if found["own"] else " It comes with “All with the table”."
    st.caption(plain(found["note"], 300) + where)
    for line in found["skipped"]:
        st.caption(f"Left out: {plain(line, 400)}")
    st.code(found["script"], language="python", line_numbers=True, height=480)
    why(
        "The code is made of scikit-learn's and imbalanced-learn's own parts where they do the "
        "same, and of Outfold's own functions, cut to what this study uses, where they do not. It "
        "gives the same out-of-fold predictions and scores with the library versions that it "
        "names at its top.",
        "What is in it?",
    )


def _texts(run: str, chosen: str) -> dict[str, Any]:
    """What is shown, without the table, which may be large."""

    def compute() -> dict[str, Any]:
        found = _export(run, chosen)
        return {
            "script": found.document.script(),
            "notebook": found.document.notebook(),
            "note": found.document.reading.note,
            "own": found.original is not None,
            "skipped": found.document.skipped,
        }

    record = cache.workspace().records.run(run)
    return cache.remember(
        "export", run, record.done, record.state, chosen, compute=compute, say="Writing the code"
    )


def _export(run: str, chosen: str) -> Export:
    from outfold.study.export.bundle import export_run

    workspace = cache.workspace()
    original = originals().path(cache.result(run).study.dataset)
    return export_run(workspace, run, [chosen] if chosen else None, original)
