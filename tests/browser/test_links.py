"""Addresses: a cold deep link, a restart of the app, a narrow and a dark screen."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Tab

pytestmark = pytest.mark.browser

PATHS = ("", "data", "explore", "features", "resampling", "train", "compare", "deviance",
         "explain", "tradeoffs")  # fmt: skip


def test_a_cold_deep_link_opens_inside_the_app(start_server, tab: Tab):
    """The first visit after a start is a deep link: menu, frame and guidance are there."""
    server = start_server()
    tab.open(f"{server.url}/train")
    assert tab.page.get_by_test_id("stSidebarNav").count() == 1
    assert "What shall be compared?" in tab.text()
    assert tab.page.get_by_role("dialog").count() == 0
    tab.sound()
    tab.go("Data")
    assert "What did I load?" in tab.text()
    tab.sound()


def test_every_page_without_a_table_says_what_is_missing(start_server, tab: Tab):
    """No page is ever blank, light or dark, wide or narrow, and none is wider than the screen."""
    server = start_server()
    for path in PATHS:
        tab.open(f"{server.url}/{path}")
        tab.sound()
        assert len(tab.text()) > 60
        for width, scheme in ((1440, "dark"), (390, "light")):
            tab.page.set_viewport_size({"width": width, "height": 844})
            tab.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            tab.page.wait_for_timeout(150)
            over = tab.page.evaluate(
                "() => document.documentElement.scrollWidth - window.innerWidth"
            )
            assert over <= 1, f"{path or 'home'} is {over} px too wide at {width}"
        tab.page.set_viewport_size({"width": 1440, "height": 900})


def test_a_restarted_app_finds_the_run_by_its_address(start_server, tab: Tab, tmp_path):
    """Stop the server after a run, start another over the same workspace, open the old address."""
    home = tmp_path / "kept"
    first = start_server(home)
    tab.open(first.url)
    tab.page.get_by_role("button", name=re.compile("Compare at once$")).first.click()
    tab.page.wait_for_url(re.compile("run="), timeout=120_000)
    tab.sees("Rank", 240)
    tab.page.wait_for_function(
        "() => !/Run queued|Queued|Running/.test(document.body.innerText)", timeout=240_000
    )
    tab.rest()
    address = tab.page.url
    tab.page.goto("about:blank")  # a page left open would complain of the connection it lost
    first.stop()
    second = start_server(home)
    tab.open(address.replace(first.url, second.url))
    assert "run=" in tab.page.url
    tab.page.goto(f"{second.url}/compare?{address.partition('?')[2]}", wait_until="commit")
    tab.rest()
    assert "A closer look" in tab.text()
    tab.sound()


def test_back_and_forward_take_choices_back_one_by_one_and_a_refresh_keeps_undo(
    start_server, tab: Tab
):
    """Each choice is an address of its own, and the browser's buttons go through them."""
    server = start_server()
    tab.open(server.url)
    tab.click("button", "Open")
    tab.go("Train")
    addresses = [tab.page.url]
    for model in ("Extra trees", "LightGBM"):
        tab.tick(model)
        addresses.append(tab.page.url)
    assert len(set(addresses)) == 3

    def ticked() -> tuple[bool, bool]:
        boxes = [tab.page.get_by_role("checkbox", name=n) for n in ("Extra trees", "LightGBM")]
        return boxes[0].first.is_checked(), boxes[1].first.is_checked()

    def walk(there: str) -> tuple[str, tuple[bool, bool]]:
        tab.page.evaluate(f"() => history.{there}()")
        tab.page.wait_for_timeout(400)
        tab.rest()
        return tab.page.url, ticked()

    assert ticked() == (True, True)
    assert walk("back") == (addresses[1], (True, False))
    assert walk("back") == (addresses[0], (False, False))
    assert walk("forward") == (addresses[1], (True, False))
    tab.click("button", "Redo")
    assert ticked() == (True, True)
    tab.page.reload(wait_until="commit")
    tab.rest()
    tab.click("button", "Undo")
    assert (tab.page.url, ticked()) == (addresses[1], (True, False))
    tab.sound()
