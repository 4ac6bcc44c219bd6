"""How columns relate, by clicking: another measure, a cell's pair, links, groups, gaps."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import PATIENCE, Server, Tab

pytestmark = pytest.mark.browser


def press(tab: Tab, chart: str, place: str) -> None:
    """Press the mouse on a point of a chart, found by a snippet that gives its pixels."""
    spot = tab.page.evaluate(
        """([chart, place]) => {
            const plot = document.querySelector(`.st-key-${chart} .js-plotly-plot`);
            plot.scrollIntoView({block: 'center'});
            const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
            const x = v => box.left + plot._fullLayout.xaxis.c2p(plot._fullLayout.xaxis.d2c(v));
            const y = v => box.top + plot._fullLayout.yaxis.c2p(plot._fullLayout.yaxis.d2c(v));
            const pick = eval(place);
            const point = pick(plot.data);
            return {x: x(point.x), y: y(point.y), names: point.names};
        }""",
        [chart, place],
    )
    tab.page.mouse.move(spot["x"] - 3, spot["y"] - 3)
    tab.page.mouse.move(spot["x"], spot["y"], steps=3)
    tab.page.wait_for_timeout(200)
    tab.page.mouse.click(spot["x"], spot["y"])
    tab.page.wait_for_timeout(500)
    tab.rest()
    names = " and ".join(spot["names"]), " and ".join(reversed(spot["names"]))
    tab.page.get_by_text(re.compile("|".join(re.escape(n) for n in names))).first.wait_for(
        timeout=PATIENCE
    )


CELL = """data => {
    const cells = data.find(t => t.mode === 'markers' && t.customdata && t.customdata.length > 3);
    const i = cells.customdata.findIndex(c => c.includes('tenure') && c.includes('visits'));
    return {x: cells.x[i], y: cells.y[i], names: cells.customdata[i]};
}"""
"""The cell of a pair that is not the one shown at first, among those with a cross or without."""
MARK = """data => {
    const marks = data.filter(t => t.mode === 'markers+text' && t.customdata).at(-1);
    return {x: marks.x[0], y: marks.y[0], names: marks.customdata[0]};
}"""
"""A column of the network, which opens its strongest pair."""


def opened(server: Server, tab: Tab, sample: str) -> None:
    """The exploration of a sample, from its card on the start page."""
    tab.open(server.url)
    tab.page.locator(f".st-key-open-{sample} button").first.click()
    tab.page.wait_for_timeout(500)
    tab.rest()
    tab.go("Explore")
    tab.sees("after Benjamini–Hochberg")
    tab.sound()


def view(tab: Tab, name: str) -> None:
    """Open one of the page's views."""
    tab.click("tab", name)
    tab.sound()


def test_a_mixed_sample_is_explored_by_clicking(server: Server, tab: Tab):
    """Another measure, a cell's own pair, relevance with intervals, gaps and one column."""
    opened(server, tab, "imbalanced_mixed")
    tab.choose("Measure", "Spearman's rho")
    tab.page.get_by_text(re.compile(r"go together most \(Spearman's rho")).first.wait_for(
        timeout=PATIENCE
    )
    assert "measure=Spearman" in tab.page.url
    press(tab, "associations", CELL)
    assert "tenure" in tab.page.url
    tab.sees("Kendall's tau-b")
    tab.sound()
    view(tab, "Beside the target")
    tab.sees("How are columns of different types compared?")
    assert tab.page.locator(".st-key-relevance .js-plotly-plot .errorbar").count() > 3
    view(tab, "Missing values")
    tab.sees("Patterns of missing values")
    view(tab, "One column")
    assert tab.page.locator(".st-key-distribution .js-plotly-plot").count() == 1
    tab.sound()


def test_the_links_of_a_dense_sample_are_read_and_chosen(server: Server, tab: Tab):
    """The network starts where it can be read; a mark opens a pair; links stand in a table."""
    opened(server, tab, "breast_cancer")
    view(tab, "Strong links")
    tab.sees("links from 0.")
    press(tab, "network", MARK)
    tables = tab.page.get_by_test_id("stExpander").filter(has_text="as tables")
    tables.locator("summary").click()
    tab.rest()
    tables.get_by_test_id("stDataFrame").nth(1).wait_for(timeout=PATIENCE)
    view(tab, "Saying the same")
    tab.sees("Mixtures of several others")
    assert tab.page.locator(".st-key-inflation .js-plotly-plot").count() == 1
    tab.sound()
