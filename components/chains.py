"""Selectors that follow one another: those that the study has, and a row to make one more."""

from __future__ import annotations

import streamlit as st

from components import params, shell, state
from components.names import choice_name
from components.text import plain
from outfold.registry import Facts, registry
from outfold.study.study import MOST_LINKS, NONE, Choice, Study

PLACES = ("First", "Then", "Then, if you like")
"""What is asked for, link by link."""


def chains(study: Study, facts: Facts) -> None:
    """The study's chains as cards with the settings of each link, and a row to add one."""
    st.markdown("**One selector after another**")
    st.caption(
        "The second looks only at the columns that the first keeps, and so on. What several "
        "selectors begin with is computed once."
    )
    mine = [(i, c) for i, c in enumerate(study.selectors) if c.then is not None]
    if mine:
        grid = st.grid(3, min_column_width=250, gap="small", border=True)
        for place, choice in mine:
            with grid, st.container(gap="xsmall"):
                _card(study, place, choice)
    _new(study, facts)
    shell.why(
        "A quick filter first spares a slow search most of the columns; a search first leaves a "
        "model-based method few columns to weigh. Every link is fitted anew on the training rows "
        "of each fold. Scores are those of the last link, and columns that an earlier one dropped "
        "rank behind. Source: Guyon & Elisseeff (2003), An introduction to variable and feature "
        "selection.",
        "Why one after another?",
    )


def _card(study: Study, place: int, choice: Choice) -> None:
    st.markdown(plain(choice_name("selector", choice), 300))
    with st.container(gap=None):
        for number, link in enumerate(choice.links):
            strategy = registry("selector")[link.key]
            if not strategy.params:
                continue
            label = f"{strategy.label} ({len(link.params)} changed)" if link.params else (
                strategy.label
            )  # fmt: skip

            def changed(new: Choice, number: int = number) -> Study:
                return with_link(study, place, number, new)

            with st.popover(label, icon=":material/tune:", type="tertiary"):
                st.markdown(f"**{strategy.label}**")
                params.param_form(
                    f"chain-{place}-{number}-{strategy.key}",
                    strategy,
                    link,
                    changed,
                )
        st.button(
            "Remove",
            key=f"chain-{place}-remove",
            icon=":material/delete:",
            type="tertiary",
            on_click=state.attempt,
            args=(lambda: state.commit(without(study, place)),),
        )


def _new(study: Study, facts: Facts) -> None:
    offered = {
        s.key: s.label
        for s, reason in registry("selector").offered(facts)
        if not reason and s.key != NONE.key
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        keys = [
            st.selectbox(
                label,
                list(offered),
                index=None,
                format_func=offered.__getitem__,
                placeholder="Choose a selector",
                key=f"chain-new-{place}",
                width=230,
            )
            for place, label in enumerate(PLACES[:MOST_LINKS])
        ]
        links = [Choice(key) for key in keys if key]
        # A gap in the middle is closed: the third choice then follows the first.
        ready = len(links) > 1 and keys[0] is not None
        there = ready and Choice.chain(links) in study.selectors
        st.button(
            "Add this chain",
            key="chain-add",
            icon=":material/add_link:",
            disabled=not ready or there,
            help="It is in the study already." if there else "Choose two selectors at least.",
            on_click=state.attempt,
            args=(lambda: state.commit(with_chain(study, Choice.chain(links))),),
        )


def with_chain(study: Study, choice: Choice) -> Study:
    """The study with one chain more."""
    return study.replace(selectors=tuple(dict.fromkeys((*study.selectors, choice))))


def with_link(study: Study, place: int, number: int, link: Choice) -> Study:
    """The study with other parameters in one link of the chain at a place among its selectors."""
    links = list(study.selectors[place].links)
    links[number] = link
    selectors = list(study.selectors)
    selectors[place] = Choice.chain(links)
    return study.replace(selectors=tuple(selectors))


def without(study: Study, place: int) -> Study:
    """The study without the selector at a place; every column is kept where none is left."""
    left = tuple(c for i, c in enumerate(study.selectors) if i != place)
    return study.replace(selectors=left or (NONE,))
