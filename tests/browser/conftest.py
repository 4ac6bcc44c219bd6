"""The app as a person meets it: a server of its own, and Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip
PATIENCE = 120_000
"""Milliseconds; generous, because the machine may be busy."""

AT_REST = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testConnectionState === 'CONNECTED'
    && app.dataset.testScriptState === 'notRunning'
    && !!document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]')
    && ![...document.querySelectorAll('[data-testid="stSkeleton"], [data-testid="stSpinner"]')]
        .some(e => e.offsetParent);
}"""


@dataclass
class Server:
    """A running app and its workspace."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop the server, and the run service that it started."""
        self.process.terminate()
        self.process.wait(20)
        for found in psutil.process_iter(["cmdline"]):
            line = found.info["cmdline"] or []
            if "outfold.study.service" in line and str(self.home.resolve()) in line:
                for child in found.children(recursive=True):
                    child.kill()
                found.kill()


def serve(home: Path) -> Server:
    """Start the app on a free port over a workspace."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port),
         "--server.address", "127.0.0.1"],
        cwd=ROOT, env=os.environ | {"OUTFOLD_HOME": str(home)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
            return Server(url, home, process)
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError("the app did not start")


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[[Path | None], Server]]:
    """Start servers that are stopped after the test."""
    servers: list[Server] = []

    def start(home: Path | None = None) -> Server:
        servers.append(serve(home or tmp_path / "home"))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests of a module."""
    found = serve(tmp_path_factory.mktemp("home"))
    yield found
    found.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium: the system's where there is one, else Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((p for name in names if (p := shutil.which(name))), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Tab:
    """A tab, and what went wrong in it."""

    page: Page
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        """Load an address and wait until the app rests."""
        self.page.goto(url, wait_until="commit")
        self.rest()

    def rest(self) -> None:
        """Wait until no script runs and nothing is a placeholder, twice in a row."""
        for _ in range(2):
            self.page.wait_for_function(AT_REST, timeout=PATIENCE)
            self.page.wait_for_timeout(250)

    def click(self, role: str, name: str, exact: bool = True) -> None:
        """Click a control by its accessible name."""
        self.page.get_by_role(role, name=name, exact=exact).first.click(timeout=PATIENCE)  # type: ignore[arg-type]
        self.page.wait_for_timeout(250)
        self.rest()

    def go(self, title: str) -> None:
        """Open a page from the menu."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
        self.page.wait_for_timeout(250)
        self.rest()

    def tick(self, label: str) -> None:
        """Turn a checkbox over."""
        box = self.page.get_by_test_id("stCheckbox").filter(has_text=label)
        box.locator("label").first.click(position={"x": 8, "y": 10}, timeout=PATIENCE)
        self.page.wait_for_timeout(250)
        self.rest()

    def choose(self, label: str, option: str, *, exact: bool = False) -> None:
        """Choose an option of a select box; typing it first brings it into a long list's view."""
        box = self.page.get_by_role("combobox", name=label, exact=exact).first
        box.click(timeout=PATIENCE)
        box.press_sequentially(option)
        self.page.get_by_role("option", name=option, exact=True).first.click(timeout=PATIENCE)
        self.page.wait_for_timeout(250)
        self.rest()

    def sees(self, text: str, seconds: float = 120) -> None:
        """Wait until a text is visible."""
        self.page.get_by_text(text).first.wait_for(state="visible", timeout=seconds * 1000)

    def text(self) -> str:
        """The text of the page's main part."""
        return self.page.get_by_test_id("stMain").inner_text()

    def sound(self) -> None:
        """Nothing raised, nothing on the console, nothing asked of another machine."""
        assert self.page.get_by_test_id("stException").count() == 0, self.text()
        assert not self.console
        assert not self.elsewhere


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Tab]:
    """A fresh tab, 1440 × 900."""
    with_viewport = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = with_viewport.new_page()
    found = Tab(page)
    page.on(
        "console",
        lambda m: (
            found.console.append(m.text)
            if m.type == "error" and "Failed to load resource" not in m.text
            else None
        ),
    )
    page.on("pageerror", lambda e: found.console.append(str(e)))

    def asked(request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            found.elsewhere.append(request.url)

    page.on("request", asked)
    yield found
    with_viewport.close()
