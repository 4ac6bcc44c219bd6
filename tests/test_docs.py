"""The documents say what is there: derived tables, commands, findings, settings and links."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from outfold.commands import COMMANDS
from outfold.data.quality import checks
from outfold.docs_tables import DOCUMENTS
from outfold.registry import FOLDERS, registry
from outfold.validate.catalogue import schemes

ROOT = Path(__file__).resolve().parents[1]
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_derived_documents_are_up_to_date(name):
    """What stands in docs/ is what the registries say now."""
    written = (ROOT / "docs" / name).read_text()
    assert written == DOCUMENTS[name](), "run: python -m outfold.docs_tables"


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_strategy_has_its_heading(kind):
    """A strategy without a place in the documents cannot be found by a reader."""
    text = (ROOT / "docs" / "strategies.md").read_text()
    for strategy in registry(kind):
        assert f"### `{strategy.key}`: {strategy.label}" in text


@pytest.mark.parametrize("scheme", schemes().values(), ids=lambda s: s.key)
def test_every_validation_scheme_has_its_heading(scheme):
    """So has every way of holding out rows."""
    text = (ROOT / "docs" / "strategies.md").read_text()
    assert f"### `{scheme.key}`: {scheme.label}" in text


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_command_is_described_with_an_example(command):
    """Each command has a heading and a line to copy."""
    text = (ROOT / "docs" / "command-line.md").read_text()
    section = text.partition(f"## `{command.name}`")[2].partition("\n## ")[0]
    assert f"python -m outfold {command.name} " in section


def examples() -> list[str]:
    """The commands of the documents that need nothing but a sample."""
    text = (ROOT / "docs" / "command-line.md").read_text()
    found = re.findall(r"^    python -m outfold (.+)$", text, flags=re.MULTILINE)
    return [line for line in found if "sample:" in line and not line.startswith("compare")]


@pytest.mark.parametrize("line", examples())
def test_the_examples_of_the_documents_run(line, tmp_path):
    """A line that is copied from the documents works."""
    done = subprocess.run(
        [sys.executable, "-m", "outfold", *shlex.split(line)],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_finding_has_its_heading():
    """A code leads to what it means."""
    text = (ROOT / "docs" / "findings.md").read_text()
    for check in checks():
        assert re.search(rf"^#+ .*{check.code}", text, flags=re.MULTILINE), check.code


def test_every_setting_is_described():
    """An environment variable that the code reads stands in the operations document."""
    text = (ROOT / "docs" / "operations.md").read_text()
    read = {
        name
        for folder in ("outfold", "components")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r'environ(?:\.get\(|\[)"(OUTFOLD_\w+)"', path.read_text())
    }
    assert read
    for name in read:
        assert f"`{name}`" in text


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path):
    """A link to a file of the project finds it."""
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_changelog_knows_the_version():
    """Unreleased stands on top, or the version does."""
    import outfold

    text = (ROOT / "CHANGELOG.md").read_text()
    assert "## Unreleased" in text or f"## {outfold.__version__}" in text
