"""The latest rows as the one hold-out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from outfold.validate.fields import GAP, GAP_TIME, TEST_SHARE
from outfold.validate.forward import forward, order_of
from outfold.validate.scheme import Cut, Rows, Scheme
from outfold.validate.validation import Validation


def draw(validation: Validation, rows: Rows) -> Iterator[Cut]:
    """The latest share of the rows, after everything trained on."""
    moments = np.sort(order_of(rows))
    start = moments[min(rows.n - 1, round(rows.n * (1 - validation.test_share)))]
    yield from forward(validation, rows, [int(start)])


SCHEME = Scheme(
    key="time_holdout",
    label="The latest rows as hold-out",
    summary="Holds out the latest share of the rows and trains on what came before, less the gap.",
    suits="For many rows in an order of time, where one fit is dear.",
    draw=draw,
    count=lambda v: 1,
    fields=(TEST_SHARE, GAP, GAP_TIME),
    needs=("time",),
    guards=("time", "group"),
    single=True,
    proposal=60,
    source="Tashman 2000, Out-of-sample tests of forecasting accuracy",
    order=90,
)
