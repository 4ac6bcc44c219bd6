"""An export as files: a script, a notebook, or both with the table and a few words in one .zip."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from outfold.errors import OutfoldError, StudyError
from outfold.study.export.compose import document
from outfold.study.export.document import Document, markdown
from outfold.study.export.loop_code import Tuned
from outfold.study.export.material import material
from outfold.study.run import plan_of, result
from outfold.study.study import Study
from outfold.study.workspace import Workspace

Format = Literal["script", "notebook", "zip"]
FORMATS: dict[Format, str] = {"script": ".py", "notebook": ".ipynb", "zip": ".zip"}
"""What an export can be, with the ending of its file."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time that every file in a .zip bears, so that the same export is the same bytes."""


@dataclass(frozen=True, slots=True)
class Export:
    """A study, or some of its candidates, as code.

    Attributes:
        document: The code.
        candidates: Names of the candidates in it.
        original: The person's own file that the code reads; None where one was made for it.
    """

    document: Document
    candidates: tuple[str, ...]
    original: Path | None

    def content(self, kind: Format) -> bytes:
        """The file of a format."""
        if kind == "script":
            return self.document.script().encode()
        if kind == "notebook":
            return self.document.notebook().encode()
        return self._zip()

    def table(self) -> bytes:
        """The table that the code reads."""
        made = self.document.reading.made
        if made is not None:
            return made
        assert self.original is not None
        return self.original.read_bytes()

    def _zip(self) -> bytes:
        files = {
            "study.py": self.content("script"),
            "study.ipynb": self.content("notebook"),
            self.document.reading.file: self.table(),
            "requirements.txt": "".join(f"{r}\n" for r in self.document.requirements).encode(),
            "README.md": self._readme().encode(),
        }
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()

    def _readme(self) -> str:
        d = self.document
        return (
            f"# {markdown(d.title)}\n\n{markdown(d.words)}\n\n"
            "    pip install -r requirements.txt\n    python study.py\n\n"
            "`study.ipynb` is the same code as a notebook. "
            f"{markdown(d.reading.note)}\n\n"
            "The numbers are those of the study to nine digits and more with the versions in "
            "`requirements.txt`; other versions may give slightly different ones.\n"
        )


def export_run(
    workspace: Workspace,
    run: str,
    candidates: list[str] | None = None,
    original: Path | None = None,
) -> Export:
    """What a run measured, as code; candidates that failed are left out, with the reason.

    Args:
        workspace: Where the run is kept.
        run: Its identifier.
        candidates: Names of candidates; None is the whole study.
        original: The file that the table was read from, where it is at hand; the code then reads
            that file, if pandas makes the same table of it.

    Raises:
        UnknownNameError: No such run or candidate.
        StudyError: It cannot be said without Outfold.
    """
    measured = result(workspace, run)
    failed = {c.name: c.reason for c in measured.candidates if c.status == "failed"}
    tuned = _tuned(workspace, run)
    if measured.study.tuning.is_on:
        judged = measured.n_splits - measured.study.validation.declared.apparent
        missing = [name for name, values in (tuned or {}).items() if len(values) < judged]
        for name in missing:
            failed.setdefault(name, "Its tuning did not come to an end in this run.")
    return _export(workspace, measured.study, candidates, failed, tuned, original)


def export_study(
    workspace: Workspace,
    study: Study,
    candidates: list[str] | None = None,
    original: Path | None = None,
) -> Export:
    """A study as code, without a run of it.

    Raises:
        UnknownNameError: No such candidate.
        StudyError: It cannot be said without Outfold, or its parameters are yet to be tuned.
    """
    if study.tuning.is_on:
        raise StudyError(
            "The study tunes parameters, and which values it takes is known after a run only.",
            "Run it and export the run, or turn tuning off.",
        )
    return _export(workspace, study, candidates, {}, None, original)


def _export(
    workspace: Workspace,
    study: Study,
    candidates: list[str] | None,
    failed: dict[str, str],
    tuned: Tuned | None,
    original: Path | None,
) -> Export:
    found = material(workspace, study, candidates, failed, original)
    if not found.candidates:
        raise OutfoldError("No candidate of this study can be fitted.", "Choose other models.")
    made = document(found, tuned)
    names = tuple(c.name for c in found.candidates)
    return Export(made, names, original if made.reading.made is None else None)


def _tuned(workspace: Workspace, run: str) -> Tuned | None:
    """The values that tuning took on each split, by candidate."""
    from outfold.study.tune.results import tunings

    plan = plan_of(workspace, run)
    if plan is None or not plan.tunings:
        return None
    return {
        t.candidate.name: [dict(s.found.params) for s in t.splits] for t in tunings(workspace, run)
    }
