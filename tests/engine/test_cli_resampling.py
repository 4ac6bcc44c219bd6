"""What ``compare`` says of resamplers besides scores."""

from __future__ import annotations

import dataclasses
import json

import numpy as np

from outfold.commands.resampling import resampling_of, show_resampling
from outfold.judge.prior import prior_corrected
from outfold.study.study import NONE, Candidate, Choice
from tests.engine.judge.small_runs import binary_run, count_run


def test_a_resampled_candidate_is_set_beside_the_moved_threshold(capsys):
    """Calibration before and after correction, thresholds, and a sentence; all of it JSON."""
    run = binary_run()
    plain = run.of("logistic")
    even = {s: np.array([0.5, 0.5]) for s in np.unique(plain.split).tolist()}
    over = dataclasses.replace(
        plain,
        candidate=Candidate(NONE, Choice("random_over"), plain.candidate.model),
        probability=prior_corrected(plain.probability, plain.null, [0.5, 0.5]),
        fitted_shares=even,
    )
    row = run.result[plain.candidate.name]
    rows = (row, dataclasses.replace(row, candidate=over.candidate))
    stored = {plain.candidate.name: plain, over.candidate.name: over}
    measured = dataclasses.replace(run.result, candidates=rows)
    (entry,) = resampling_of(measured, stored.__getitem__)
    json.dumps(entry, allow_nan=False)
    assert [r["corrected"] for r in entry["calibration"]] == [False, False, True]
    assert abs(entry["calibration"][2]["brier"] - entry["calibration"][0]["brier"]) < 1e-9
    assert {r["how"] for r in entry["moved_threshold"]["f1"]} == {"0.5", "moved"}
    show_resampling([entry])
    assert "moving the threshold" in capsys.readouterr().out


def test_without_classes_or_resamplers_there_is_nothing_to_say():
    """Numbers, and a run without resampling."""
    for run in (count_run(), binary_run()):
        assert resampling_of(run.result, run.predictions) == []
