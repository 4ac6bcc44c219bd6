"""Time-ordered folds: always trained on the past and validated on what came next."""

from __future__ import annotations

from collections.abc import Iterator

from outfold.validate.fields import BLOCKS, GAP, GAP_TIME
from outfold.validate.forward import block_starts, forward
from outfold.validate.scheme import Cut, Rows, Scheme
from outfold.validate.validation import Validation


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """Blocks of later rows, each after a training part that grows."""
    yield from forward(validation, rows, block_starts(rows, validation.folds))


SCHEME = Scheme(
    key="time",
    label="Time-ordered folds",
    summary="Validates on one later block after another, each time trained on everything before "
    "it, less the gap.",
    suits="For rows in an order of time, where a model will be used on what comes next. A gap "
    "keeps out rows whose outcome would not yet have been known.",
    draw=draw,
    count=lambda v: v.folds,
    fields=(BLOCKS, GAP, GAP_TIME),
    needs=("time",),
    guards=("time", "group"),
    proposal=10,
    source="Tashman 2000, Out-of-sample tests of forecasting accuracy; for the gap López de Prado "
    "2018, chapter 7",
    order=60,
)
