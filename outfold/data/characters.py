"""Text from bytes: the encoding of a file, and its characters as UTF-8 with nothing odd in them."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from outfold.data.formats import wide_encoding
from outfold.data.words import count

PIECE = 1 << 20
SAMPLE = 1 << 18

MANY_BYTES = ("cp932", "gb18030", "big5", "euc_jp", "cp949")
ONE_BYTE = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp1255", "cp1256")
ONE_SCRIPT = {
    "cp1251": "".join(map(chr, range(0x401, 0x460))) + "«»№–—“”…",
    "cp1253": "".join(map(chr, range(0x384, 0x3D0))) + "«»–—“”…",
}
"""Encodings of one script, and its letters: text in it holds hardly anything else."""

_WESTERN = set(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿ€£¥©®°±²³µ·º½¼¾×«»¿¡–—‘’“”…•ŒœŠšŽž\xa0´§"
)


@dataclass(frozen=True, slots=True)
class Characters:
    """How a file's bytes become text.

    Attributes:
        encoding: The encoding.
        guessed: Whether another could be meant.
        bad: Bytes that the encoding does not know; they become a question mark in a box.
        nul: Whether there are NUL characters, which are left out.
    """

    encoding: str
    guessed: bool = False
    bad: int = 0
    nul: bool = False

    def notes(self) -> list[str]:
        """What the person should know."""
        notes = []
        if self.guessed:
            notes.append(
                f"The text is not UTF-8; it was read as {self.encoding}. If letters look wrong, "
                "give another encoding."
            )
        if self.bad:
            notes.append(
                f"{count(self.bad, 'byte')} could not be read in that encoding: shown as \ufffd."
            )
        if self.nul:
            notes.append("NUL characters in the text were left out.")
        return notes


def find_characters(path: Path, encoding: str | None = None) -> Characters:
    """The encoding of a whole file: byte order mark, else UTF-8 if all of it is, else a guess."""
    nul = False
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
        stream.seek(0)
        known = encoding or wide_encoding(head)
        if known and codecs.lookup(known).name == "utf-8" and head.startswith(codecs.BOM_UTF8):
            known = "utf-8-sig"
        decode = codecs.getincrementaldecoder(known or "utf-8")("strict").decode
        start = 0
        while piece := stream.read(PIECE):
            nul = nul or (b"\0" in piece and not (known or "").startswith(("utf-16", "utf-32")))
            try:
                decode(piece)
            except UnicodeDecodeError:
                break
            start += len(piece)
        else:
            try:
                decode(b"", True)
                return Characters(known or "utf-8", nul=nul)
            except UnicodeDecodeError:
                pass
        if known:
            return Characters(known, bad=_bad(path, known), nul=nul)
        stream.seek(max(0, start - PIECE))
        sample = stream.read(3 * PIECE)
    guess = _guess(sample)
    return Characters(guess, guessed=True, bad=_bad(path, guess), nul=nul)


def _bad(path: Path, encoding: str) -> int:
    decode = codecs.getincrementaldecoder(encoding)("replace").decode
    bad = 0
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            bad += decode(piece).count("\ufffd")
        bad += decode(b"", True).count("\ufffd")
    return bad


def _guess(sample: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8; Windows-1252 where nothing speaks."""
    # Only lines that hold something beyond ASCII say anything.
    lines = [line for line in sample.splitlines() if not line.isascii()][:2000]
    telling = b"\n".join(lines)
    western = telling.decode("cp1252", "replace")
    odd = [c for c in western if ord(c) > 127]
    fitting = sum(c in _WESTERN for c in odd)
    # Accented letters stand among plain ones; another script read as Western gives runs of them.
    runs = sum(len(run) for run in re.findall(r"[\u0080-\uffff]{3,}", western))
    sparse = runs <= 0.3 * len(odd)
    # The Polish ł, ą and ż are ³, ¹ and ¿ in it, which nobody writes inside a word.
    inside = len(re.findall(r"(?<=[^\W\d_])[³¹¿£¼¾¥¯](?=[^\W\d_])", western))
    latin = inside <= 0.05 * len(odd)
    if sparse and latin and fitting >= 0.97 * len(odd):
        return "cp1252"
    if runs >= 0.6 * len(odd) and (script := _one_script(telling)):
        return script
    import charset_normalizer

    found = charset_normalizer.from_bytes(telling, cp_isolation=[*MANY_BYTES, *ONE_BYTE])
    best = found.best()
    if best is not None:
        # Its measure of disorder does not tell Western from Central European text apart.
        near = {m.encoding for m in found if m.chaos <= best.chaos + 0.02}
        western_too = latin and "cp1252" in near and best.encoding in ONE_BYTE
        return "cp1252" if western_too else str(best.encoding)
    for encoding in MANY_BYTES if not sparse else ():
        try:
            telling.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "cp1252"


def _one_script(telling: bytes) -> str | None:
    """The encoding that makes words of one script, with capitals only where words begin."""
    found: list[tuple[int, str]] = []
    for encoding, alphabet in ONE_SCRIPT.items():
        text = telling.decode(encoding, "replace")
        foreign = [c for c in text if ord(c) > 127]
        if sum(c in alphabet for c in foreign) >= 0.97 * len(foreign):
            jumps = sum(a.islower() and b.isupper() for a, b in pairwise(text))
            found.append((jumps, encoding))
    return min(found)[1] if found else None


class Utf8(io.RawIOBase):
    """A file's text as UTF-8 bytes, whatever its encoding: no byte order mark, no NUL.

    Args:
        path: The file.
        characters: How its bytes become text.
        mark: A character to count, such as the quote; the number seen is in ``marks``.
    """

    def __init__(self, path: Path, characters: Characters, mark: str = "") -> None:
        super().__init__()
        self._stream = path.open("rb")
        self._plain = characters.encoding in ("utf-8", "ascii") and not characters.bad
        self._nul = characters.nul
        self._decode = codecs.getincrementaldecoder(characters.encoding)("replace").decode
        self._held = b""
        self._done = False
        self._mark = mark.encode()
        self.marks = 0

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as there is text."""
        while not self._held and not self._done:
            piece = self._stream.read(PIECE)
            self._done = not piece
            text = (
                piece if self._plain else self._decode(piece, not piece).encode("utf-8", "replace")
            )
            self._held = text.replace(b"\0", b"") if self._nul else text
            self.marks += self._held.count(self._mark) if self._mark else 0
        n = min(len(buffer), len(self._held))
        buffer[:n] = self._held[:n]
        self._held = self._held[n:]
        return n

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()
