"""What is said of the best score agrees with what the leaderboard says beside it."""

from __future__ import annotations

import dataclasses

from components.leaderboard import out_of_order
from components.pairs import in_words as tied_words
from components.verdicts import in_words
from outfold.judge.best_of_many import BestOfMany
from outfold.judge.leaderboard import leaderboard
from outfold.study.by_hand import WARNING
from outfold.study.study import Choice
from tests.engine.judge.small_runs import binary_run


def board_and_figure():
    board = leaderboard(binary_run().result)
    board = dataclasses.replace(
        board, rows=tuple(dataclasses.replace(r, tied=r.rank == 1) for r in board.rows)
    )
    best = board.rows[0]
    found = BestOfMany(
        board.metric, board.label, board.direction, best.name, 0.5, 0.4, 0.3, 0.6, 0.95,
        {best.name: 1.0}, 5, 500, 500, 100,
    )  # fmt: skip
    return board, found


def test_a_pooled_figure_stands_beside_the_leaderboard_s_mean_over_splits():
    """Two figures of one candidate need a word on why they differ."""
    board, found = board_and_figure()
    mean = board.rows[0].figures[board.metric].mean
    words = in_words(found, {}, board)
    assert "0.5000 over all rows pooled" in words
    assert f"in the leaderboard {mean:.4g}" in words
    same = dataclasses.replace(found, naive=mean)
    assert "in the leaderboard" not in in_words(same, {}, board)


def test_no_share_contradicts_a_tie_or_stands_on_a_handful_of_rows():
    """100 % beside a tie, or of two positives, would claim more than the draws can show."""
    board, found = board_and_figure()
    assert "100%" in in_words(found, {}, board)
    few = in_words(dataclasses.replace(found, rarest=2), {}, board)
    assert "100%" not in few
    assert "2 rows: a rough figure" in few
    tie = dataclasses.replace(
        board, rows=tuple(dataclasses.replace(r, tied=r.rank in (1, 2)) for r in board.rows)
    )
    assert "100%" not in in_words(found, {}, tie)
    split = dataclasses.replace(found, picked={found.best: 0.6, board.rows[1].name: 0.4})
    assert "60%" in in_words(split, {}, tie)


def test_a_rank_that_is_not_tied_between_tied_ones_is_explained():
    """Only where the order of ranks and the ties disagree."""
    board, _ = board_and_figure()
    assert out_of_order(board) == ""
    mixed = dataclasses.replace(
        board, rows=tuple(dataclasses.replace(r, tied=r.rank in (1, 3)) for r in board.rows)
    )
    words = out_of_order(mixed)
    assert words.startswith("Rank 2 is not tied with the best though rank 3 is")


def test_a_candidate_chosen_by_hand_is_not_proposed_without_its_caution():
    """The sentence that says whom to take says too that the score may be optimistic."""
    board, _ = board_and_figure()
    by_hand = Choice.of("pinned", columns=("a", "b"))
    first, second, *others = board.rows
    costs = dataclasses.replace(second.result.costs, fit_seconds=0.0, size_bytes=1)
    plain = dataclasses.replace(second.result, costs=costs)
    candidate = dataclasses.replace(plain.candidate, selector=by_hand)
    for result, times in ((plain, 0), (dataclasses.replace(plain, candidate=candidate), 2)):
        two = dataclasses.replace(second, tied=True, result=result)
        words = tied_words(
            dataclasses.replace(board, rows=(first, two, *others)),
            {first.name: "Best", two.name: "Quick"},
        )
        assert "**Quick**" in words
        assert words.count(WARNING[1:-1]) == times
