"""Packed files: gzip, zip, bzip2 and xz, opened without asking and never beyond the limit."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from outfold.data.formats import Pack, head_of, packing
from outfold.data.words import listed, quoted, size
from outfold.errors import ReadError

DEPTH = 3
PIECE = 1 << 20

_SPREADSHEETS = ("[Content_Types].xml", "mimetype", "xl/workbook.xml", "content.xml")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A plain file.

    Attributes:
        path: Where it lies now.
        name: What it is called inside its packing.
        member: The file taken out of an archive, or None.
        notes: What was unpacked.
    """

    path: Path
    name: str
    member: str | None = None
    notes: tuple[str, ...] = ()


def unpack(
    path: Path, folder: Path, max_bytes: int, member: str | None = None, name: str = ""
) -> Unpacked:
    """The plain file inside a packed one, or the file itself.

    Args:
        path: The file.
        folder: Where unpacked content may be put.
        max_bytes: Largest plain content, in bytes.
        member: The file wanted out of an archive.
        name: What people call the file.

    Raises:
        ReadError: Damaged, protected by a password, holding none or several files, or too large.
    """
    current = Unpacked(path, name or path.name)
    for depth in range(DEPTH + 1):
        head = head_of(current.path, current.name)
        kind = packing(head)
        if kind is None or (kind == "zip" and _is_spreadsheet(current.path)):
            _check_size(current.path.stat().st_size, current.name, max_bytes)
            return current
        if depth == DEPTH:
            break
        target = folder / f"unpacked-{depth}"
        if kind == "zip":
            current = _from_zip(current, target, max_bytes, member)
        else:
            current = _from_stream(current, target, max_bytes, kind)
    raise ReadError(
        f"{quoted(name or path.name)} is packed more than {DEPTH} times.", "Unpack it first."
    )


def _check_size(n: int, name: str, max_bytes: int) -> None:
    if n > max_bytes:
        raise ReadError(
            f"{quoted(name)} holds {size(n)}, more than the limit of {size(max_bytes)}.",
            "Load fewer rows or columns, or have the limit raised.",
        )


def _is_spreadsheet(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False
    return sum(n in names for n in _SPREADSHEETS) >= 2 or any(
        n.startswith("xl/workbook") for n in names
    )


def _from_zip(packed: Unpacked, target: Path, max_bytes: int, member: str | None) -> Unpacked:
    try:
        with zipfile.ZipFile(packed.path) as archive:
            inside = [
                i
                for i in archive.infolist()
                if not i.is_dir()
                and not i.filename.startswith("__MACOSX/")
                and not i.filename.rsplit("/", 1)[-1].startswith(".")
            ]
            info = _chosen(inside, packed.name, member)
            if info.flag_bits & 1:
                raise ReadError(
                    f"{quoted(info.filename)} in {quoted(packed.name)} is protected by a password.",
                    "Pack it without a password.",
                )
            with archive.open(info) as stream:
                _copy(stream, target, info.filename, max_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, lzma.LZMAError, OSError) as error:
        raise _damaged(packed.name, "zip", error) from None
    except NotImplementedError as error:
        raise ReadError(
            f"{quoted(packed.name)} is packed in a way that is not known here: {error}.",
            "Pack it with the usual zip method.",
        ) from None
    note = f"Unpacked {quoted(info.filename)} from the zip archive."
    return Unpacked(target, Path(info.filename).name, info.filename, (*packed.notes, note))


def _chosen(inside: list[zipfile.ZipInfo], name: str, member: str | None) -> zipfile.ZipInfo:
    names = [i.filename for i in inside]
    if not inside:
        raise ReadError(f"The archive {quoted(name)} holds no file.", "Pack one table into it.")
    if member is not None:
        hits = [i for i in inside if member in (i.filename, Path(i.filename).name)]
        if len(hits) != 1:
            raise ReadError(
                f"There is no single file {quoted(member)} in {quoted(name)}.",
                f"It holds {listed(names, 10)}.",
            )
        return hits[0]
    if len(inside) > 1:
        raise ReadError(
            f"The archive {quoted(name)} holds {len(inside)} files: {listed(names, 10)}.",
            "Say which one by the option member.",
        )
    return inside[0]


def _from_stream(packed: Unpacked, target: Path, max_bytes: int, kind: Pack) -> Unpacked:
    open_stream: dict[str, Any] = {"gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open}
    try:
        with open_stream[kind](packed.path, "rb") as stream:
            _copy(stream, target, packed.name, max_bytes)
    except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
        raise _damaged(packed.name, kind, error) from None
    name = packed.name
    for ending in (".gz", ".bz2", ".xz", ".gzip"):
        name = name[: -len(ending)] if name.lower().endswith(ending) else name
    return Unpacked(target, name, packed.member, (*packed.notes, f"Unpacked with {kind}."))


def _damaged(name: str, kind: str, error: Exception) -> ReadError:
    if isinstance(error, EOFError):
        return ReadError(
            f"{quoted(name)} is cut off: its {kind} content ends too early.",
            "Copy or download the file again.",
        )
    return ReadError(
        f"{quoted(name)} is damaged: its {kind} content cannot be unpacked.",
        "Copy or download the file again.",
    )


def _copy(stream: IO[bytes], target: Path, name: str, max_bytes: int) -> None:
    written = 0
    with target.open("wb") as out:
        while piece := stream.read(PIECE):
            written += len(piece)
            if written > max_bytes:
                raise ReadError(
                    f"{quoted(name)} unpacks to more than the limit of {size(max_bytes)}.",
                    "Load fewer rows or columns, or have the limit raised.",
                )
            out.write(piece)
