"""What a file is, by its first bytes; its name is never believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from outfold.data.words import quoted
from outfold.errors import ReadError

HEAD = 1 << 16
"""Bytes looked at."""

Pack = Literal["gzip", "zip", "bz2", "xz"]

PACKED: tuple[tuple[bytes, Pack], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
)

_ENDINGS = {
    "csv": ("csv", "tsv", "txt", "tab", "dat", "data"),
    "excel": ("xlsx", "xls", "xlsm", "xlsb", "ods"),
    "parquet": ("parquet", "pq"),
    "feather": ("feather", "arrow", "ipc"),
    "json": ("json", "ndjson", "jsonl"),
    "ndjson": ("json", "ndjson", "jsonl"),
}

_SAVE = "Save the table as CSV, Excel or Parquet and load that."

REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"SQLite format 3\x00", "a SQLite database, which holds several tables",
     "Open it as a source and choose a table, or export one table as CSV."),
    (b"PARE", "an encrypted Parquet file", "Save it without encryption."),
    (b"(\xb5/\xfd", "packed with Zstandard", "Unpack it first, or pack it with gzip or zip."),
    (b"7z\xbc\xaf'\x1c", "a 7-Zip archive", "Unpack it first, or pack it with gzip or zip."),
    (b"Rar!", "a RAR archive", "Unpack it first, or pack it with gzip or zip."),
    (b"%PDF", "a PDF document", _SAVE),
    (b"\x89PNG", "a PNG picture", _SAVE),
    (b"\xff\xd8\xff", "a JPEG picture", _SAVE),
    (b"GIF8", "a GIF picture", _SAVE),
    (b"\x89HDF", "an HDF5 file", _SAVE),
    (b"\x93NUMPY", "a NumPy array file", _SAVE),
    (b"MATLAB", "a MATLAB file", _SAVE),
    (b"RDX", "an R data file", "In R, write the table with write.csv and load that."),
    (b"RDA", "an R data file", "In R, write the table with write.csv and load that."),
    (b"X\n\x00\x00", "an R data file", "In R, write the table with write.csv and load that."),
    (b"$FL2", "an SPSS file", _SAVE),
    (b"<stata_dta>", "a Stata file", _SAVE),
    (b"Obj\x01", "an Avro file", _SAVE),
    (b"ORC", "an ORC file", _SAVE),
    (b"\x7fELF", "a program", _SAVE),
    (b"MZ\x90", "a program", _SAVE),
    (b"{\\rtf", "an RTF document", _SAVE),
)  # fmt: skip

_PICKLE = re.compile(
    rb"\x80[\x02-\x05](\x95|[\x00-\xff])|\((dp|lp)\d+\n|"
    rb"c(builtins|pandas|numpy|__builtin__|os|posix|copy_reg)\b[^\n,;]*\n"
)
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype html|html|head|body|table|meta|style)",
    re.I | re.S,
)
_XML = re.compile(rb"\s*<\?xml|\s*<[a-zA-Z][\w:.-]*[\s>]")
_TAG = re.compile(rb"<[^<>\n]*>")
_JSON = re.compile(r'\s*(\{\s*("|\})|\[\s*(\{|\[|\]|"|-?\d|true|false|null))')
_ARFF = re.compile(rb"\s*(%[^\n]*\n\s*)*@relation", re.I)

BOMS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is.

    Attributes:
        format: One of ``FORMATS``.
        notes: What the person should know about that.
    """

    format: str
    notes: tuple[str, ...] = ()


def head_of(path: Path, name: str = "") -> bytes:
    """The first bytes of a file; ``name`` is what people call it.

    Raises:
        ReadError: The path does not exist, is a folder, cannot be opened, or the file is empty.
    """
    name = name or path.name
    if path.is_dir():
        raise ReadError(f"{quoted(name)} is a folder.", "Give the path of one file.")
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except FileNotFoundError:
        raise ReadError(f"There is no file {quoted(path, 200)}.", "Check the path.") from None
    except OSError as error:
        raise ReadError(
            f"{quoted(name)} cannot be opened: {error.strerror}.", "Check its permissions."
        ) from None
    if not head:
        raise ReadError(f"{quoted(name)} is empty.", "Save the table again and load that.")
    return head


def packing(head: bytes) -> Pack | None:
    """How a file is packed, or None."""
    return next((kind for magic, kind in PACKED if head.startswith(magic)), None)


def recognise(head: bytes, name: str) -> Found:
    """What a file is, by its first bytes.

    Args:
        head: The first bytes, not packed.
        name: The file's name, to say when its ending does not fit.

    Raises:
        ReadError: It is known and no table, or it is no text.
    """
    kind = _kind(head, name)
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    known = {e for endings in _ENDINGS.values() for e in endings}
    if ending in known and ending not in _ENDINGS[kind]:
        what = {"csv": "delimited text", "json": "JSON", "ndjson": "JSON lines"}.get(
            kind, kind.title()
        )
        return Found(
            kind, (f"The name ends in .{ending}, but the content is {what}: read as that.",)
        )
    return Found(kind)


def _kind(head: bytes, name: str) -> str:
    if head.startswith((b"PAR1",)):
        return "parquet"
    if head.startswith((b"ARROW1", b"FEA1")):
        return "feather"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return "excel"
    if head[8:12] == b"DUCK":
        raise ReadError(f"{quoted(name)} is a DuckDB database, which holds several tables.", _SAVE)
    for magic, what, hint in REFUSED:
        if head.startswith(magic):
            raise ReadError(f"{quoted(name)} is {what}.", hint)
    if _PICKLE.match(head):
        raise ReadError(
            f"{quoted(name)} is a Python pickle, which is never opened because it could run code.",
            "Save the table as CSV or Parquet.",
        )
    start = head[:4096]
    if _HTML.match(start):
        raise ReadError(
            f"{quoted(name)} is a web page (HTML), not a table, whatever its ending says.",
            "Open it in a spreadsheet program and save it as .xlsx or CSV.",
        )
    # A header such as "<b>name</b>,age" begins like a tag; XML has no delimiter between its tags.
    between = _TAG.sub(b"", start.lstrip().split(b"\n", 1)[0])
    if _XML.match(start) and not re.search(rb"[,;\t|]", between):
        raise ReadError(f"{quoted(name)} is XML, which is not read.", _SAVE)
    if _ARFF.match(start):
        raise ReadError(f"{quoted(name)} is an ARFF file, which is not read.", _SAVE)
    text = as_text(head, name)
    return ("ndjson" if _json_lines(text) else "json") if _JSON.match(text) else "csv"


def as_text(head: bytes, name: str) -> str:
    """The first bytes as text, well enough to look at; wrong characters do not matter here.

    Raises:
        ReadError: They are no text.
    """
    encoding = wide_encoding(head)
    if encoding is None:
        noise = sum(
            head.count(bytes([c])) for c in (*range(1, 9), *range(14, 27), *range(28, 32), 127)
        )
        nul = head.count(0)
        if noise > 3 + 0.01 * len(head) or nul > 0.3 * len(head):
            raise ReadError(
                f"{quoted(name)} is neither text nor a known kind of table, but binary data.",
                _SAVE,
            )
        encoding = "utf-8"
    return head.decode(encoding, "replace").lstrip("\ufeff")


def wide_encoding(head: bytes) -> str | None:
    """UTF-16, UTF-32 or UTF-8 by their byte order mark; UTF-16 also by where the zeros stand."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding
    sample = head[:2000]
    if len(sample) >= 8 and not len(head) % 2:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        half = len(sample) / 2
        if odd > 0.7 * half and even < 0.05 * half:
            return "utf-16-le"
        if even > 0.7 * half and odd < 0.05 * half:
            return "utf-16-be"
    return None


def _json_lines(text: str) -> bool:
    """Whether each line is a record of its own; one line alone is a document."""
    lines = [line.strip() for line in text.lstrip().split("\n", 2)[:2]]
    first = lines[0]
    return (
        first.startswith("{")
        and first.endswith("}")
        and lines[-1].startswith("{")
        and len(lines) > 1
    )
