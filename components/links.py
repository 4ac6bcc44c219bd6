"""The strong links between columns: a picture, from where on they count, and tables of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import cache, chart, explore, pair, shell, table
from components.among import Among
from components.chart import Drawn, drawn
from components.text import count
from outfold.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from outfold.explore.network import Network

LINKED = (
    "A line stands for an association that reaches the threshold: a correlation's size, Cramér's V "
    "or the correlation ratio. Columns are placed so that few lines are long (stress majorisation, "
    "Gansner, Koren & North 2005); the directions up, down, left and right mean nothing. "
    "Where many columns are linked the slider starts higher, so that at most about 60 columns and "
    "150 links are drawn; move it to see weaker ones."
)


def section(study: Study, among: Among) -> None:
    """From where on columns count as linked, the network, its links as a table, and one pair."""
    from outfold.explore import network

    found = explore.associations(study, explore.USUAL, among)
    fitting = cache.remember(
        "fitting", *explore.parts(study), among,
        compute=lambda: network.fitting_threshold(found),
    )  # fmt: skip
    least = st.slider(
        "Columns are linked from this association on",
        network.LOWEST, network.HIGHEST, fitting, network.STEP, key="link", bind="query-params",
    )  # fmt: skip
    net = explore.network(study, least, among)
    st.caption(_said(net, fitting, network.links_from(found, network.USUAL)[0]))
    chart.chart(_drawn(study, net, least, among), "network", select=lambda: pair.take("network"))
    explore.notes(explore.narrowed(study, among)[1])
    if net.links:
        with st.expander("The columns and links as tables"):
            rows = column_rows(net)
            table.table(rows, "linked", columns=explore.columns(rows), alt="One row per column")
            rows = explore.pair_rows(found, min(net.n_links, explore.LISTED))
            table.table(rows, "links", columns=explore.columns(rows), alt="One row per link")
    shell.why(LINKED, "How is it drawn?")
    pair.section(study, found)


def _said(net: Network, fitting: float, usually: int) -> str:
    """How many links there are, and why the slider does not start where it usually does."""
    from outfold.explore.network import USUAL

    said = f"{count(net.n_links, 'link')} from {net.threshold:.2f} on."
    if net.threshold == fitting != USUAL:
        few = "too few to show" if fitting < USUAL else "too many to tell apart"
        said += f" From {USUAL:.2f} on there are {usually:,}, {few}."
    return said


def _drawn(study: Study, net: Network, least: float, among: Among) -> Drawn:
    from outfold.draw import association_network

    return cache.remember(
        "network picture", *explore.parts(study), least, among,
        compute=lambda: drawn(association_network.draw(net)),
    )  # fmt: skip


def column_rows(net: Network) -> pd.DataFrame:
    """One row a linked column, the most linked first."""
    import pandas as pd

    rows = sorted(net.nodes, key=lambda node: (-node.links, node.column))
    return pd.DataFrame(
        {
            "Column": [node.column for node in rows],
            "Links": [node.links for node in rows],
            "Group": [node.group + 1 if node.group >= 0 else None for node in rows],
            "Association with the target": [node.relevance for node in rows],
        }
    )
