"""A sliding window: time-ordered folds that forget."""

from __future__ import annotations

from collections.abc import Iterator

from outfold.validate.fields import BLOCKS, GAP, GAP_TIME, WINDOW
from outfold.validate.forward import block_starts, forward, order_of
from outfold.validate.scheme import Cut, Rows, Scheme
from outfold.validate.validation import Validation


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """Blocks of later rows, each after a training window of the same length."""
    starts = block_starts(rows, validation.folds)
    window = validation.window
    if window is None:
        window = max(2, int((order_of(rows) < starts[0]).sum()) - validation.gap)
    yield from forward(validation, rows, starts, window)


SCHEME = Scheme(
    key="sliding",
    label="Sliding window",
    summary="Validates on one later block after another, each time trained on the same number of "
    "latest rows before it.",
    suits="For rows in an order of time whose pattern changes, where old rows mislead; and to tell "
    "whether scores move because of time or because the training part grows.",
    draw=draw,
    count=lambda v: v.folds,
    fields=(BLOCKS, WINDOW, GAP, GAP_TIME),
    needs=("time",),
    guards=("time", "group"),
    source="Tashman 2000, Out-of-sample tests of forecasting accuracy",
    order=70,
)
