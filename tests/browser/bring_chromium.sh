#!/bin/sh
# Sees to it that the browser tests find a Chromium: one that is there, the system's package, or
# Playwright's own download, in this order. Where none can be had, it says why and fails.
# Usage: bring_chromium.sh PYTHON
set -u
python=${1:-python3}

if command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1; then
    exit 0
fi
if "$python" -c 'import sys
from pathlib import Path
from playwright.sync_api import sync_playwright
with sync_playwright() as play:
    sys.exit(0 if Path(play.chromium.executable_path).exists() else 1)' >/dev/null 2>&1; then
    exit 0
fi

root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 && root="sudo -n"
fi
log=$(mktemp)
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" -eq 0 ] || [ -n "$root" ]; }; then
    echo "Installing Chromium with apt-get ..."
    if { $root apt-get update && $root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends chromium; } >"$log" 2>&1 &&
        command -v chromium >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "Installing Chromium with Playwright ..."
if "$python" -m playwright install chromium >>"$log" 2>&1; then
    exit 0
fi
echo "The browser tests need Chromium, and it could not be installed:" >&2
tail -n 5 "$log" >&2
echo "Install the system's package 'chromium', then run the tests again." >&2
exit 1
