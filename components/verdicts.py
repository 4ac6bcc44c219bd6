"""What a whole comparison says: what mattered in the grid, and what picking the best is worth."""

from __future__ import annotations

import streamlit as st

from components import cache, judging
from components.chart import chart
from components.names import choice_name
from components.shell import why
from components.table import table
from components.text import count, number, plain
from outfold.errors import NotApplicableError
from outfold.judge.best_of_many import BestOfMany
from outfold.judge.leaderboard import Leaderboard
from outfold.metrics.cost import is_cost

FEWEST_OF_A_CLASS = 10
"""Rows of the rarest class from which on it is told how often each candidate was picked."""
SURE = 0.95
"""Share of the draws that would call a pick sure, which a tie with the best contradicts."""
AT_ONCE = 60_000
"""Predictions, over all candidates, up to which the best score is corrected without being asked."""


def picked(run: str, metric: str) -> None:
    """Beside the best score: what is left of it once its having been picked is taken into account.

    Of large runs it is computed when asked for.
    """
    finished = cache.result(run).finished()
    if len(finished) < 3 or is_cost(metric):
        return
    names = judging.names_of(run)
    rows = len(cache.predictions(run, finished[0].name).rows) * len(finished)
    if rows > AT_ONCE and not st.toggle(
        "Correct the best score for having been picked", key="correct", bind="query-params"
    ):
        return
    try:
        found = _best_of_many(run, metric)
    except NotApplicableError as error:
        st.caption(plain(f"{error.message} {error.hint}", 300))
        return
    st.caption(plain(in_words(found, names, cache.leaderboard(run, metric)), 900))
    why(
        "Rows are drawn with replacement from the stored predictions; the candidate that is best "
        "on the rows drawn is scored on the rows that were not, "
        f"{found.draws} times over (bootstrap bias-corrected cross-validation: Tsamardinos, "
        "Greasidou & Borboudakis 2018). Nothing is fitted again: the draws show what other rows to "
        "judge on would change, not what other rows to train on would, which the test against the "
        "best allows for. All rows are pooled, while the leaderboard averages over splits; the two "
        "differ most where a class is missing from some splits or a metric ranks rows.",
        "How is the best score corrected?",
    )


def _best_of_many(run: str, metric: str) -> BestOfMany:
    from outfold.judge.best_of_many import best_of_many

    result = cache.result(run)
    return cache.remember(
        "best of many", run, metric, result.study.key, len(result.finished()),
        compute=lambda: best_of_many(result, lambda name: cache.predictions(run, name), metric),
        say="Correcting the best score for having been picked",
    )  # fmt: skip


def in_words(found: BestOfMany, names: dict[str, str], board: Leaderboard) -> str:
    """What picking the best was worth; how often each was picked only where that says something."""
    said = (
        f"Picked as the best of {found.candidates}: {names.get(found.best, found.best)}, "
        f"{found.label} {number(found.naive, 4)} over all rows pooled{_beside(found, board)}, "
        f"{number(found.corrected, 4)} ({number(found.low)} to {number(found.high)}) once picking "
        "is corrected for."
    )
    few = found.rarest is not None and found.rarest < FEWEST_OF_A_CLASS
    if few:
        said += f" The rarest class has {count(found.rarest or 0, 'row')}: a rough figure."
    tied = len(board.tied_with_best) > 1
    if few or (tied and max(found.picked.values()) >= SURE):
        return said
    times = sorted(found.picked.items(), key=lambda item: -item[1])[:3]
    often = ", ".join(f"{names.get(name, name)} {share:.0%}" for name, share in times)
    return (
        f"{said} Best in {found.draws} redraws of these rows, with the models as fitted: {often}."
    )


def _beside(found: BestOfMany, board: Leaderboard) -> str:
    """The leaderboard's own figure of the same candidate, where it reads differently."""
    figure = next((r.figures.get(found.metric) for r in board.rows if r.name == found.best), None)
    if figure is None or number(figure.mean, 4) == number(found.naive, 4):
        return ""
    return f" (in the leaderboard {number(figure.mean, 4)}, averaged over the splits)"


def effects(run: str, metric: str) -> None:
    """What mattered: selector, resampler or model, and how they go together."""
    import pandas as pd

    from outfold.draw import main_effects as picture
    from outfold.judge.main_effects import Level, main_effects

    found = main_effects(cache.measured(run, metric), metric)

    def named(level: Level) -> str:
        return choice_name(level.factor, level.choice)

    chart(picture.draw(found, named), "main-effects")
    if found.left_out:
        st.caption(plain(f"Left out, not finished everywhere: {', '.join(found.left_out)}.", 300))
    shares = pd.DataFrame(
        {
            "What varies": [" × ".join(key) for key in found.shares],
            "Share of the variance between candidates": list(found.shares.values()),
        }
    )
    table(
        shares,
        "effect-shares",
        columns={shares.columns[1]: st.column_config.NumberColumn(format="percent")},
        alt="Share of the variance that each factor and combination explains",
    )
    why(
        "Every selector was combined with every resampler and model, so the variance between the "
        "candidates' mean scores falls apart exactly into what each explains by itself and what "
        "their combinations add (Fisher 1935). Each level is compared with the first of its kind, "
        "split by split, with the corrected resampled t-test (Nadeau & Bengio 2003) and Holm's "
        "correction.",
        "How is the grid taken apart?",
    )


def grid_varies(run: str) -> bool:
    """Whether at least two of selector, resampler and model vary."""
    study = cache.result(run).study
    models = [m for m in study.models if m.key != "dummy"]
    return sum(len(one) > 1 for one in (study.selectors, study.resamplers, models)) > 1
