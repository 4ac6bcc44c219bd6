import subprocess
import sys

import pytest

from components import navigation


def test_the_menu_begins_with_the_start_page_and_has_no_double():
    """Addresses and titles tell pages apart."""
    found = navigation.headers()
    assert found[0].section == "start"
    assert len({h.name for h in found}) == len(found)
    assert len({h.title for h in found}) == len(found)


def test_every_page_asks_a_question():
    """A page's title is its question in plain words."""
    for header in navigation.headers():
        assert header.question.endswith("?"), header.path
        assert header.lead


def test_a_page_without_a_header_is_refused(tmp_path):
    """Whoever adds a page learns what it lacks."""
    page = tmp_path / "pages" / "data" / "new.py"
    page.parent.mkdir(parents=True)
    page.write_text('"""What is new?\n\nNothing."""\nTITLE = "New"\n')
    with pytest.raises(ValueError, match="ICON, ORDER"):
        navigation.read_header(page, tmp_path)


def test_the_first_paint_loads_no_heavy_library():
    """Nobody waits for a library that the start page does not use."""
    code = (
        "from streamlit.testing.v1 import AppTest; import sys\n"
        "before = set(sys.modules)\n"
        "at = AppTest.from_file('app.py', default_timeout=30).run()\n"
        "assert not at.exception, at.exception\n"
        "heavy = {'sklearn', 'statsmodels', 'shap', 'dask', 'distributed', 'imblearn', 'lightgbm',"
        " 'scipy', 'plotly'}\n"
        "assert not heavy & {m.split('.')[0] for m in set(sys.modules) - before}\n"
        "print('clean')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=navigation.ROOT
    )
    assert done.stdout.strip() == "clean", done.stderr[-2000:]
