"""The layout's rules, held by reading the imports of every file."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RANKS = {
    "errors": 0, "hashing": 0, "registry": 0, "task": 0,
    "data": 1, "explore": 2,
    "prepare": 3, "select": 3, "resample": 3, "models": 3, "metrics": 3, "validate": 3,
    "study": 4, "judge": 5, "ship": 6, "draw": 7,
    "report": 8, "commands": 8, "cli": 9, "__main__": 10, "docs_tables": 10,
}  # fmt: skip
SIBLINGS = {"prepare", "select", "resample", "models", "metrics", "validate"}
HEAVY = ("sklearn", "imblearn", "statsmodels", "shap", "dask", "distributed", "lightgbm", "scipy")
BANNED_NAMES = {"utils.py", "util.py", "helpers.py", "helper.py", "misc.py", "common.py"}
PAGE_LINES = 120


def sources(*folders: str) -> list[Path]:
    found = [p for f in folders for p in sorted((ROOT / f).rglob("*.py"))]
    assert found, f"no files in {folders}"
    return found


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    """Every module that a file imports by its full name."""
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else ast.walk(tree)
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
    return names


def part_of(path: Path) -> str:
    inside = path.relative_to(ROOT / "outfold")
    return inside.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", sources("outfold"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_engine_imports_only_towards_lower_ranks(path):
    """A part knows what it is built from, never what is built from it."""
    part = part_of(path)
    if part == "__init__":
        assert not any(name.startswith("outfold.") for name in imports(path))
        return
    for name in imports(path):
        if not name.startswith("outfold."):
            continue
        other = name.split(".")[1]
        if other == part or other not in RANKS:
            continue
        assert RANKS[other] <= RANKS[part], f"{part} imports {name}"
        if RANKS[other] == RANKS[part]:
            assert other not in SIBLINGS, f"{part} imports its sibling {name}"


@pytest.mark.parametrize("path", sources("outfold"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_engine_knows_no_browser(path):
    """Streamlit never, plotly in draw only; no page or component."""
    tops = {name.split(".")[0] for name in imports(path)}
    assert not tops & {"streamlit", "components", "pages", "app"}
    if part_of(path) != "draw":
        assert "plotly" not in tops


@pytest.mark.parametrize(
    "path", sources("components", "pages"), ids=lambda p: str(p.relative_to(ROOT))
)
def test_session_state_is_named_in_one_file(path):
    """Only components/state.py touches the session; nothing imports a page."""
    text = path.read_text()
    if path.name != "state.py" or path.parent.name != "components":
        assert "session_state" not in text
    if path.name != "cache.py":
        assert "cache_data" not in text
        assert "cache_resource" not in text
    assert not any(name.split(".")[0] == "pages" for name in imports(path))


@pytest.mark.parametrize("path", sources("pages"), ids=lambda p: str(p.relative_to(ROOT)))
def test_pages_are_thin_and_lie_in_sections(path):
    """A page is a header, a guard, a pick and a component, one folder below pages/."""
    assert path.parent.parent == ROOT / "pages"
    assert len(path.read_text().splitlines()) <= PAGE_LINES
    assigned = {
        target.id
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert {"TITLE", "ICON", "ORDER"} <= assigned
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize(
    "path", sources("components", "pages"), ids=lambda p: str(p.relative_to(ROOT))
)
def test_raw_html_is_never_allowed(path):
    """What a person typed or uploaded is shown as text."""
    text = path.read_text()
    assert "unsafe_allow_html" not in text
    assert "unsafe_allow_javascript" not in text


def test_no_file_is_a_drawer_for_odds_and_ends():
    """A name says what a file is about."""
    names = {p.name for p in sources("outfold", "components", "pages")}
    assert not names & BANNED_NAMES


def test_app_is_navigation_only():
    """app.py makes the menu and nothing else."""
    assert len((ROOT / "app.py").read_text().splitlines()) < 40


def loaded_after(code: str) -> set[str]:
    """The top-level modules in a fresh process after some code."""
    script = (
        f"{code}\nimport sys; print('\\n'.join(sorted({{m.split('.')[0] for m in sys.modules}})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())


def test_menus_load_no_heavy_library():
    """Walking every registry and reading a study imports none of the libraries that compute."""
    code = (
        "from outfold.registry import FOLDERS, registry\n"
        "import outfold.study.study\n"
        "for kind in FOLDERS: assert len(list(registry(kind)))"
    )
    assert not loaded_after(code) & {*HEAVY, "streamlit", "plotly"}


def test_components_load_no_heavy_library():
    """The frame of a page is drawn before anything heavy is needed."""
    modules = [f"components.{p.stem}" for p in sources("components") if p.stem != "__init__"]
    code = "\n".join(f"import {m}" for m in modules)
    assert not loaded_after(code) & set(HEAVY)


def test_the_engine_loads_no_browser_library():
    """Every engine module together brings neither Streamlit nor shap nor matplotlib."""
    modules = [
        ".".join(p.relative_to(ROOT).with_suffix("").parts)
        for p in sources("outfold")
        if p.stem not in ("__init__", "__main__")
    ]
    code = "\n".join(f"import {m}" for m in modules)
    assert not loaded_after(code) & {"streamlit", "shap", "matplotlib"}
