"""Opening the app: from a cold server to the first element painted in Chromium.

Command: ``python benchmarks/first_paint.py [--times 5]``

Each time a new server is started with an empty workspace, and after it answers, a new browser opens
the start page; the clock runs from the request to the first element of the page's content. An empty
Streamlit script is measured in the same way, in turn, as the peer. Prints medians and their ratio.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ELEMENT = '[data-testid="stMain"] [data-testid="stElementContainer"]'


def serve(script: Path, folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server and wait until it answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script.name, "--server.port", str(port),
         "--server.address", "127.0.0.1", "--server.headless", "true",
         "--browser.gatherUsageStats", "false"],
        cwd=script.parent, env=os.environ | {"OUTFOLD_HOME": str(folder)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
            return server, url
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def first_paint(url: str) -> float:
    """Seconds from the request to the first element, in a new browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_selector(ELEMENT)
        seconds = time.perf_counter() - start
        browser.close()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    seconds: dict[str, list[float]] = {"outfold": [], "empty": []}
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.py"
        empty.write_text("import streamlit as st\nst.write('empty')\n")
        for number in range(times):
            for name, script in (("outfold", ROOT / "app.py"), ("empty", empty)):
                home = Path(folder) / f"home-{number}"
                server, url = serve(script, home)
                try:
                    seconds[name].append(first_paint(url))
                finally:
                    server.terminate()
                    server.wait()
    ours, theirs = (statistics.median(seconds[n]) for n in ("outfold", "empty"))
    print(
        f"first element: outfold {ours:.2f} s, empty script {theirs:.2f} s, "
        f"ratio {ours / theirs:.2f} (median of {times}; outfold under 2.5 s is asked for)"
    )


if __name__ == "__main__":
    main()
