"""The uploader: a file becomes a stored table at once, and its bytes are let go."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from pathlib import Path
from typing import IO, TYPE_CHECKING

import streamlit as st

from components import cache, intents, state
from components.reading_form import reading_form
from components.text import plain
from outfold.errors import OutfoldError

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from outfold.data.originals import Originals

LIMIT_MB = 500
"""Keep equal to server.maxUploadSize: the browser checks this one before it sends anything."""


def uploader(label: str = "A table of your own") -> None:
    """Take a file; what is loaded already stays until the new table has been read."""
    session = state.current()
    unread()
    file: UploadedFile | None = st.file_uploader(
        label,
        key=f"upload-{session.uploads}",
        max_upload_size=LIMIT_MB,
        help="CSV, TSV, Excel, Parquet, Feather, JSON or JSON lines, also as .gz or .zip. The "
        "content decides, not the name. Nothing leaves this server.",
    )
    if file is None:
        return
    try:
        with st.status(f"Reading {plain(file.name, 60)}", expanded=False):
            key = store(file, file.name)
            intents.open_dataset(key)
    except OutfoldError as error:
        named = file.name in error.message
        text = error.message if named else f"{file.name}: {error.message}"
        session.message = state.Message("problem", text, error.hint)
        session.unread = _unread(file)
    else:
        session.unread = None
        state.go("data")
    # A new key makes a new uploader: the old one's bytes leave the server's memory.
    session.uploads += 1
    st.rerun()


UNREAD = "unread"
"""Name under which a delimited text that could not be read is kept, before its session's key."""


def _unread(file: UploadedFile) -> state.Unread | None:
    """Keep a delimited text that could not be read, so that it can be read otherwise."""
    from outfold.data.formats import HEAD, recognise

    file.seek(0)
    try:
        if recognise(file.read(HEAD), file.name).format != "csv":
            return None
    except OutfoldError:
        return None
    file.seek(0)
    with tempfile.TemporaryDirectory(prefix="upload-", dir=cache.workspace().root) as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            shutil.copyfileobj(file, target, 1 << 20)
        kept = f"{UNREAD}-{uuid.uuid4().hex[:12]}"
        originals().keep(path, kept)
    return state.Unread(kept, file.name)


def unread() -> None:
    """Below the refusal of a delimited text: how it could be read otherwise."""
    session = state.current()
    if session.unread is None:
        return
    name = session.unread.name
    with st.expander(f"Read {plain(name, 60)} otherwise", expanded=True):
        given = reading_form(session.unread.kept, {})
        if given is None:
            return
        path = originals().path(session.unread.kept)
        try:
            if path is None:
                raise OutfoldError("The file itself is no longer kept.", "Upload it once more.")
            with st.status("Reading the file again"):
                dataset = cache.workspace().datasets.add_file(path, name, **given)
                originals().keep(path, dataset.key)
                intents.open_dataset(dataset.key)
            session.unread = None
            state.go("data")
        except OutfoldError as error:
            session.message = state.Message("problem", error.message, error.hint)
    st.rerun()


def store(stream: IO[bytes], name: str) -> str:
    """Write an upload to disk and have it read there by the engine's child process; its key.

    The name is only ever shown: the file on disk has a name of ours.

    Raises:
        ReadError: The file cannot be read as a table.
    """
    workspace = cache.workspace()
    with tempfile.TemporaryDirectory(prefix="upload-", dir=workspace.root) as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            shutil.copyfileobj(stream, target, 1 << 20)
        dataset = workspace.datasets.add_file(path, name)
        originals().keep(path, dataset.key)
    return dataset.key


def originals() -> Originals:
    """The uploaded files as they came."""
    from outfold.data.originals import Originals

    return Originals(cache.workspace().root / "originals")
