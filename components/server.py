"""What is done once for a server, not for each visitor."""

from __future__ import annotations

import threading
from functools import cache

from streamlit.runtime.pages_manager import PagesManager


def prepare() -> None:
    """Make the first visit like any other, also when it is a link to a page."""
    # Until st.navigation has run for the first time, Streamlit takes the folder pages/ for its
    # older kind of menu and tells whoever comes by a link that there is no such page.
    PagesManager.uses_pages_directory = False


@cache
def warm() -> None:
    """Import what pages with a table need, while the first visitor is still reading."""
    threading.Thread(target=_import, daemon=True, name="warm").start()


def _import() -> None:

    import outfold.study.run
    import outfold.study.table  # noqa: F401
