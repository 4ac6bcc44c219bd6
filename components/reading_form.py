"""How a file could be read otherwise, as a form."""

from __future__ import annotations

from typing import Any

import streamlit as st

AUTO = "found automatically"
NAMED = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank", ":": "colon"}
ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "utf-16", "cp1251", "shift_jis", "gb18030")
RAGGED = {
    "fill": "fill up short ones, refuse long ones",
    "skip": "leave them out",
    "refuse": "refuse the file",
}


def reading_form(key: str, was: dict[str, Any]) -> dict[str, Any] | None:
    """A form of reading options; what was chosen once it is sent, else None.

    Args:
        key: Unique on the page.
        was: How the file was read, where it was.
    """
    is_text = was.get("format") in (None, "csv")
    given: dict[str, Any] = {}
    with st.form(f"reading-{key}", border=False):
        st.markdown("**Read it otherwise**")
        if is_text:
            given["delimiter"] = _choice("Delimiter", was, "delimiter", tuple(NAMED), NAMED)
            given["decimal"] = _choice(
                "Decimal mark", was, "decimal", (".", ","), {".": "point", ",": "comma"}
            )
            given["encoding"] = _choice("Encoding", was, "encoding", ENCODINGS, new=True)
            given["ragged"] = _choice(
                "Lines of another length", was, "ragged", tuple(RAGGED), RAGGED
            )
        elif was.get("format") == "excel":
            given["sheet"] = st.text_input("Sheet", str(was.get("sheet") or "")) or None
        if is_text or was.get("format") == "excel":
            header = _choice(
                "First line",
                {"header": "yes" if was["header"] else "no"} if "header" in was else {},
                "header",
                ("yes", "no"),
                {"yes": "holds the column names", "no": "is data"},
            )
            given["header"] = None if header is None else header == "yes"
        given["missing"] = (
            st.text_input(
                "Cells that mean missing, separated by blanks",
                str(was.get("missing") or ""),
                placeholder=AUTO,
            )
            or None
        )
        if not st.form_submit_button("Read again", icon=":material/refresh:"):
            return None
    return {k: v for k, v in given.items() if v is not None}


def _choice(
    label: str,
    was: dict[str, Any],
    name: str,
    options: tuple[str, ...],
    words: dict[str, str] | None = None,
    new: bool = False,
) -> str | None:
    """A choice that begins with how the file was read; None leaves it to be found out."""
    offered = [None, *dict.fromkeys([*options, *([was[name]] if was.get(name) else [])])]
    chosen: str | None = st.selectbox(
        label,
        offered,
        index=offered.index(was.get(name)) if was.get(name) in offered else 0,
        format_func=lambda v: AUTO if v is None else (words or {}).get(v, v),
        accept_new_options=new,
    )
    return chosen
