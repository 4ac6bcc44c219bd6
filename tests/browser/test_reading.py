"""What was read, corrected by clicking: another header, fixes of findings, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Server, Tab
from tests.tables import mixed_table

pytestmark = pytest.mark.browser


def give(tab: Tab, path: Path) -> None:
    """Give a file to the page's uploader."""
    tab.page.locator("input[type=file]").first.set_input_files(str(path))
    tab.page.wait_for_timeout(500)
    tab.rest()


def test_a_table_is_read_otherwise(server: Server, tab: Tab, tmp_path: Path):
    """A first line that was taken for names becomes data, and another delimiter other columns."""
    path = tmp_path / "years.csv"
    path.write_text("jan;feb;mar\n" + "".join(f"{i};{i % 7};{i % 3}\n" for i in range(60)))
    tab.open(server.url)
    give(tab, path)
    tab.sees("60 rows")
    tab.sees("3 columns")
    tab.page.get_by_text("How it was read").first.click()
    tab.rest()
    tab.choose("First line", "is data")
    tab.click("button", "Read again", exact=False)
    tab.sees("61 rows")
    assert "column 1" in tab.text()
    tab.sound()
    tab.choose("First line", "holds the column names")
    tab.choose("Delimiter", "comma")
    tab.click("button", "Read again", exact=False)
    tab.sees("1 column")
    tab.sound()


def test_a_finding_is_mended_and_taken_back(server: Server, tab: Tab, tmp_path: Path):
    """A fix is recorded in the study, changes the table at once, and can be undone twice over."""
    frame = mixed_table(300)
    frame.insert(0, "the same", 7)
    path = tmp_path / "constant.csv"
    frame.to_csv(path, index=False)
    tab.open(server.url)
    give(tab, path)
    columns = frame.shape[1]
    tab.sees(f"{columns} columns")
    row = tab.page.locator("[class*='st-key-finding-']").filter(has_text="the same").first
    row.get_by_role("button").first.click()
    tab.page.wait_for_timeout(500)
    tab.rest()
    tab.sees("Changes recorded in this study")
    assert not tab.page.locator("[class*='st-key-finding-']").filter(has_text="the same").count()
    tab.click("button", "Take back", exact=False)
    assert tab.page.get_by_text("Changes recorded in this study").count() == 0
    assert tab.page.locator("[class*='st-key-finding-']").filter(has_text="the same").count()
    tab.click("button", "Undo", exact=False)  # of taking it back
    tab.sees("Changes recorded in this study")
    tab.click("button", "Undo", exact=False)  # of the fix
    assert tab.page.get_by_text("Changes recorded in this study").count() == 0
    tab.sound()
