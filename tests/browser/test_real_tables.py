"""Real tables by clicking: upload, defaults, run, the leaderboard and what follows from it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from outfold.study import run as runs
from outfold.study.workspace import Workspace
from tests.browser.conftest import Server, Tab

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"
PICTURES = os.environ.get("OUTFOLD_PICTURES")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.shared,
    pytest.mark.skipif(
        not FOLDER.is_dir(),
        reason="the real tables are not beside the checkout (../shared/data)",
    ),
]

# File, target, metric, and the range within which the best candidate should lie.
TABLES = [
    ("german_credit.csv", "class", "roc_auc", (0.77, 0.82)),
    ("telco_churn.csv", "Churn", "roc_auc", (0.835, 0.855)),
    ("bikeshare_counts.csv", "bikers", "d2_poisson", (0.9, 1.0)),
    ("ames_housing.csv", "SalePrice", "rmsle", (0.11, 0.14)),
    ("yeast.csv", "column 9", "accuracy", (0.58, 0.64)),
    ("khan_tumours.csv.gz", "tumour", "accuracy", (0.95, 1.0)),
    ("horse_colic.csv", "column 24", "roc_auc", (0.83, 0.91)),
    ("bank_marketing.csv", "deposit", "roc_auc", (0.92, 0.945)),
]


@pytest.mark.parametrize(("file", "target", "metric", "span"), TABLES)
def test_a_real_table_goes_from_file_to_leaderboard_with_defaults(
    server: Server,
    tab: Tab,
    file: str,
    target: str,
    metric: str,
    span: tuple[float, float],
):
    """Its best candidate reaches what is known of the table."""

    def picture(name: str) -> None:
        if PICTURES:
            path = Path(PICTURES) / f"{file.split('.')[0]}-{name}.png"
            tab.page.screenshot(path=path)

    tab.open(server.url)
    tab.page.locator("input[type=file]").first.set_input_files(str(FOLDER / file))
    tab.page.wait_for_timeout(500)
    tab.rest()
    picture("data")
    label = "Target: the column to predict"
    if tab.page.get_by_role("combobox", name=label).first.input_value() != target:
        tab.choose(label, target)
    tab.sound()
    tab.go("Explore")
    picture("explore")
    tab.sound()
    tab.go("Train")
    tab.click("button", "Run", exact=False)
    tab.sees("Run finished", 600)
    tab.rest()
    picture("train")
    tab.sound()
    for title in ("Compare", "Deviance", "Trade-offs", "Features", "Resampling"):
        tab.go(title)
        picture(title.lower())
        tab.sound()

    workspace = Workspace(server.home)
    record = workspace.recent_runs(1)[0]
    assert workspace.study(record.study).target == target
    measured = runs.result(workspace, record.id)
    assert not [c.reason for c in measured.candidates if c.status != "finished"]
    means = {c.name: float(np.mean(c.scores[metric])) for c in measured.candidates}
    print(file, {name: round(mean, 4) for name, mean in means.items()})
    best = min(means.values()) if metric == "rmsle" else max(means.values())
    assert span[0] <= best <= span[1]
