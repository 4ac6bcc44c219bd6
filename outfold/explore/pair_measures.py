"""One pair by every measure that fits it, with intervals, so that measures can be compared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.data.schema import Schema
from outfold.explore.columns import Columns, read_columns, sample_rows
from outfold.explore.distance import distance_correlation
from outfold.explore.information import bin_codes, mutual_info_neighbours
from outfold.explore.interval import ratio_interval, table_interval
from outfold.explore.linear import fisher_interval, pearson
from outfold.explore.measures import LEAST_ROWS, MEASURES, Floats, Measure, Report, part_of
from outfold.explore.mixed import Ratio, point_biserial, ratio
from outfold.explore.nominal import Codes, contingency, four_fold, nominal
from outfold.explore.partial import partial
from outfold.explore.rank import kendall, spearman

MOST_ROWS = {"distance": 2_000, "neighbours": 5_000, "kendall": 200_000, "partial ranks": 200_000}
"""Rows above which a sample is drawn, by what is measured: their time or memory grows faster."""
MOST_EXACT = 100_000
"""Rows up to which Fisher's exact test is made; of more, chi-square says the same."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A pair by one measure.

    Attributes:
        name: The measure, as people read it.
        value: NaN where undefined.
        low: Lower end of the interval; NaN where the measure has none.
        high: Upper end.
        interval: How the interval was made, or nothing.
        p_value: That there is no association; NaN where the measure has no test.
        test: The test, or nothing.
        n: Rows it was measured on.
        note: What was sampled, or why there is no value.
        key: The measure's key, where a whole table can be asked for it.
    """

    name: str
    value: float
    low: float
    high: float
    interval: str
    p_value: float
    test: str
    n: int
    note: str = ""
    key: Measure | None = None


def pair_measures(
    frame: pd.DataFrame,
    schema: Schema,
    a: str,
    b: str,
    *,
    given: Collection[str] = (),
    as_levels: Collection[str] = (),
    level: float = 0.95,
    seed: int = 0,
    report: Report | None = None,
) -> tuple[Measured, ...]:
    """Every measure that two columns' types allow, the usual one first.

    Args:
        frame: The typed table.
        schema: Its columns' types.
        a: One column of numbers, times, levels or truth values.
        b: Another.
        given: Columns of numbers, times or truth values whose influence is taken out of two
            numbers: adds the partial correlations.
        as_levels: Columns of numbers that stand for classes.
        level: Confidence of the intervals, 0 to 1.
        seed: Of the samples that slow measures are taken on.
        report: Is told how much is done, 0 to 1; what it raises stops the work.

    Returns:
        Nothing where one of the two cannot take part.
    """
    small = Schema((schema[a], schema[b]))
    data = read_columns(frame, small, as_levels=as_levels)
    if len(data.number_names) + len(data.level_names) < 2:
        return ()
    if len(data.number_names) == 2:
        x, y = (data.numbers[data.number_names.index(c)] for c in (a, b))
        found = _numbers(x, y, level, seed, part_of(report, 0.0, 0.6 if given else 1.0))
        return (*found, *_given(frame, schema, (a, b), given, as_levels, seed))
    if len(data.level_names) == 2:
        return _levels(data, a, b, level)
    truth = schema[data.level_names[0]].type == "boolean"
    found = _mixed(data, truth, level)
    if truth:
        part_of(report, 0.0, 0.6)(1.0)
        found = (*found, *_given(frame, schema, (a, b), given, as_levels, seed))
    return found


def _numbers(x: Floats, y: Floats, level: float, seed: int, report: Report) -> tuple[Measured, ...]:
    straight, ranked = pearson(x, y), spearman(x, y)
    report(0.3)
    few, said = _some(x, y, "kendall", seed)
    order = kendall(*few)
    report(0.5)
    low, high = fisher_interval(order.value, order.n - 1, level, 0.437)
    found = [
        Measured(
            *_named("pearson", straight.value), *fisher_interval(straight.value, straight.n, level),
            "Fisher's z", straight.p_value, "Student's t", straight.n, straight.reason, "pearson",
        ),
        Measured(
            *_named("spearman", ranked.value),
            *fisher_interval(ranked.value, ranked.n, level, 1.06),
            "Fisher's z, variance × 1.06 (Fieller, Hartley & Pearson 1957)", ranked.p_value,
            "Student's t", ranked.n, ranked.reason, "spearman",
        ),
        Measured(
            *_named("kendall", order.value), low, high,
            "Fisher's z, variance 0.437 / (n − 4) (Fieller, Hartley & Pearson 1957)",
            order.p_value, "normal, corrected for ties", order.n, order.reason or said, "kendall",
        ),
    ]  # fmt: skip
    few, said = _some(x, y, "distance", seed)
    far = distance_correlation(*few)
    found.append(
        Measured(
            *_named("distance", far.dcor), np.nan, np.nan, "", far.p_value,
            "t test of Székely & Rizzo (2013)", far.n, said, "distance",
        )
    )  # fmt: skip
    report(0.7)
    (one, size_one), (two, size_two) = bin_codes(x), bin_codes(y)
    found.append(_information(one, two, size_one, size_two, "binned"))
    report(0.8)
    few, said = _some(x, y, "neighbours", seed)
    near = mutual_info_neighbours(*few, seed=seed)
    found.append(
        Measured(
            "Mutual information by nearest neighbours, nats", near.value, np.nan, np.nan, "",
            np.nan, "", near.n, near.reason or said,
        )
    )  # fmt: skip
    return tuple(found)


def _some(x: Floats, y: Floats, what: str, seed: int) -> tuple[tuple[Floats, Floats], str]:
    """The shared rows, or a sample of them, and what is to be said of it."""
    both = np.flatnonzero(~(np.isnan(x) | np.isnan(y)))
    if len(both) <= MOST_ROWS[what]:
        return (x[both], y[both]), ""
    rows = both[sample_rows(len(both), MOST_ROWS[what], seed)]
    return (x[rows], y[rows]), f"on a sample of {len(rows):,} of {len(both):,} rows"


def _named(key: Measure, value: float) -> tuple[str, float]:
    return MEASURES[key].label, value


def _information(a: Codes, b: Codes, size_a: int, size_b: int, how: str = "") -> Measured:
    from scipy import special

    got = nominal(contingency(a, b, size_a, size_b))
    value = max(0.0, got.mutual_info) if not np.isnan(got.mutual_info) else np.nan
    p = float(special.chdtrc(got.df, 2 * got.n * value)) if got.df else np.nan
    name = f"{MEASURES['mutual_info'].label}{', ' + how if how else ''}, nats"
    return Measured(
        name, value, np.nan, np.nan, "", p, "G test", got.n,
        "constant" if np.isnan(value) else "", "mutual_info",
    )  # fmt: skip


def _mixed(data: Columns, truth: bool, level: float) -> tuple[Measured, ...]:
    values, codes = data.numbers[0], data.codes[0]
    got = ratio(values, codes)
    none = "" if not np.isnan(got.eta) else "constant, or too few rows"
    low, high = ratio_interval(got.eta2, got.n, got.groups, level)
    steiger = "noncentral F (Steiger 2004)"
    signs: list[Measured] = []
    if truth or len(data.levels[0]) == 2:
        signed = point_biserial(values, codes)
        said = signed.reason or ("" if truth else f"{data.levels[0][1]} counts as 1")
        signs.append(
            Measured(
                *_named("point_biserial", signed.value),
                *fisher_interval(signed.value, signed.n, level), "Fisher's z, approximate",
                signed.p_value, "Student's t, equal variances", signed.n, said,
                "point_biserial",
            )
        )  # fmt: skip
    found = signs if truth else []
    found.append(
        Measured(
            *_named("eta", got.eta), low, high, steiger, got.p_value,
            "one-way analysis of variance", got.n, none, "eta",
        )
    )  # fmt: skip
    found += [*([] if truth else signs), *_shares(got, low, high, steiger, none)]
    bins, size = bin_codes(values)
    levels = len(data.levels[0])
    found.append(_information(bins, codes, size, levels, "the number binned"))
    return tuple(found)


def _shares(got: Ratio, low: float, high: float, how: str, none: str) -> list[Measured]:
    """The share of variance, less biased, and the tests without its assumptions."""
    no = (np.nan, np.nan, "")
    h = max(0.0, (got.kruskal_h - got.groups + 1) / (got.n - got.groups)) if not none else np.nan
    return [
        Measured(
            "η², share of variance", got.eta2, low**2, high**2, how, got.p_value,
            "one-way analysis of variance", got.n, none,
        ),
        Measured(
            "ω², less biased (Hays 1963)", got.omega2, *no, got.welch_p,
            "Welch's F, unequal variances", got.n, none,
        ),
        Measured(
            "η² of the ranks, H-based", h, *no, got.kruskal_p, "Kruskal–Wallis", got.n, none,
        ),
    ]  # fmt: skip


def _levels(data: Columns, a: str, b: str, level: float) -> tuple[Measured, ...]:
    one, two = (data.level_names.index(c) for c in (a, b))
    sizes = len(data.levels[one]), len(data.levels[two])
    table = contingency(data.codes[one], data.codes[two], *sizes)
    got = nominal(table)
    none = "" if not np.isnan(got.chi2) else "constant, or too few rows"
    if not none and np.isnan(got.cramers_v_corrected):
        none = "too few rows for the correction"
    chi = "chi-square, without Yates' correction"
    low, high = table_interval(table, level)
    no = (np.nan, np.nan, "")
    return (
        Measured(
            *_named("cramers_v_corrected", got.cramers_v_corrected), low, high, "delta method",
            got.p_value, chi, got.n, none, "cramers_v_corrected",
        ),
        Measured(
            MEASURES["cramers_v"].label, got.cramers_v, *no, got.p_value, chi, got.n, none,
            "cramers_v",
        ),
        Measured("Tschuprow's T", got.tschuprow_t, *no, got.p_value, chi, got.n),
        Measured("Contingency coefficient C", got.contingency_c, *no, got.p_value, chi, got.n),
        Measured(f"Theil's U of {a} given {b}", got.theils_u_a_given_b, *no, np.nan, "", got.n),
        Measured(f"Theil's U of {b} given {a}", got.theils_u_b_given_a, *no, np.nan, "", got.n),
        *_four_fold(data, one, two, table, level),
        _information(data.codes[one], data.codes[two], *sizes),
    )  # fmt: skip


def _four_fold(
    data: Columns, one: int, two: int, table: Floats, level: float
) -> tuple[Measured, ...]:
    """The signed phi by Fisher's exact test and by Yates' correction, for two levels by two."""
    n = int(table.sum())
    got = four_fold(table) if table.shape == (2, 2) and LEAST_ROWS <= n <= MOST_EXACT else None
    if got is None:
        return ()
    ones = f"{data.levels[one][1]} and {data.levels[two][1]} count as 1"
    ends = (*fisher_interval(got.phi, n, level), "Fisher's z, approximate")
    return (
        Measured("Phi, signed", got.phi, *ends, got.fisher_p, "Fisher's exact test", n, ones),
        Measured(
            "Phi, signed", got.phi, *ends, got.yates_p, "chi-square with Yates' correction", n, ones
        ),
    )


def controlled(
    frame: pd.DataFrame,
    schema: Schema,
    pair: Sequence[str],
    given: Collection[str],
    as_levels: Collection[str] = (),
) -> tuple[list[str], Floats]:
    """Two columns and those that are held fixed, as numbers.

    Returns:
        The columns that can be held fixed, none where one of the two is no number; and the values
        of the two and of these, shape (n_rows, 2 + n_fixed), NaN where missing.
    """
    controls = [c for c in given if c not in pair]
    wanted = Schema(tuple(schema[c] for c in (*pair, *controls)))
    classes = set(as_levels) - {c for c in pair if schema[c].type == "boolean"}
    data = read_columns(frame, wanted, as_levels=classes, truth_as_numbers=True)
    columns = dict(zip(data.number_names, data.numbers, strict=True))
    usable = [c for c in controls if c in columns]
    if not usable or not set(pair) <= set(columns):
        return [], np.empty((len(frame), 0))
    return usable, np.column_stack([columns[c] for c in (*pair, *usable)])


def _given(
    frame: pd.DataFrame,
    schema: Schema,
    pair: Sequence[str],
    given: Collection[str],
    as_levels: Collection[str],
    seed: int,
) -> tuple[Measured, ...]:
    """Partial correlations of two numbers, of values and of ranks."""
    usable, table = controlled(frame, schema, pair, given, as_levels)
    if not usable:
        return ()
    table = table[~np.isnan(table).any(axis=1)]
    found = []
    for ranked, name in ((False, "Partial correlation"), (True, "Partial rank correlation")):
        rows, said = table, ""
        if ranked and len(table) > (most := MOST_ROWS["partial ranks"]):
            rows = table[sample_rows(len(table), most, seed)]
            said = f"on a sample of {most:,} of {len(table):,} rows"
        got = partial(rows[:, 0], rows[:, 1], [*rows[:, 2:].T], ranked=ranked)
        low, high = fisher_interval(got.value, got.n - len(usable), factor=1.06 if ranked else 1.0)
        found.append(
            Measured(
                f"{name} given {', '.join(usable)}", got.value, low, high, "Fisher's z",
                got.p_value, f"Student's t, {got.df:,} degrees of freedom", got.n,
                said if not np.isnan(got.value) else "the others leave nothing, or too few rows",
            )
        )  # fmt: skip
    return tuple(found)


def measures_frame(found: Sequence[Measured]) -> pd.DataFrame:
    """One row a measure, in the fields of ``Measured``."""
    fields = Measured.__dataclass_fields__
    return pd.DataFrame({f: [getattr(m, f) for m in found] for f in fields})
