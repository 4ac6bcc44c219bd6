from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outfold.data.fixes import apply_fixes, describe
from outfold.data.profile import profile
from outfold.data.quality import MANY, checks, findings
from outfold.data.schema import source_of
from outfold.study.by_hand import CODE as BY_HAND
from tests.engine.data.quality_cases import FIRES, SILENT, noise, some, typed

DOCS = Path(__file__).parents[3] / "docs" / "findings.md"
CODES = [check.code for check in checks()]
BY_CODE = {check.code: check for check in checks()}


def test_every_check_has_a_table_on_which_it_speaks_and_one_on_which_it_does_not():
    """A check that nothing was seen to trigger, or to leave in peace, is not known to work."""
    assert sorted(CODES) == sorted(FIRES) == sorted(SILENT)


def test_every_code_and_key_is_used_once():
    """A muted code must mute one thing only."""
    assert len(set(CODES)) == len({c.key for c in checks()}) == len(checks())


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_heading_in_the_documentation(code):
    """Each finding links to its explanation."""
    label = re.escape(BY_CODE[code].label)
    assert re.search(rf"^## {code} · {label}$", DOCS.read_text(), re.MULTILINE)


def test_the_documentation_explains_no_code_that_does_not_exist():
    """A removed check leaves no heading behind."""
    told = [*CODES, BY_HAND]
    assert sorted(re.findall(r"^## (OF\d+)", DOCS.read_text(), re.MULTILINE)) == sorted(told)


@pytest.mark.parametrize("code", CODES)
def test_a_check_speaks_when_it_should(code):
    """The finding has the right severity, columns, figures and fix, and a reason."""
    case = FIRES[code]()
    told = BY_CODE[code].run(case.frame, case.schema, case.target)
    assert [f.columns for f in told] == [case.columns]
    finding = told[0]
    assert finding.code == code
    assert finding.severity == case.severity
    assert re.search(case.says, finding.message), finding.message
    assert finding.message.endswith(".")
    assert finding.why.endswith(".")
    assert all(isinstance(value, float) for value in finding.evidence.values())
    assert (finding.fix.kind if finding.fix else None) == case.fix


@pytest.mark.parametrize("code", CODES)
def test_a_check_is_silent_when_it_should_be(code):
    """A table that only resembles the fault has no finding of it."""
    case = SILENT[code]()
    assert BY_CODE[code].run(case.frame, case.schema, case.target) == []


@pytest.mark.parametrize("code", [c for c in CODES if FIRES[c]().fix])
def test_the_fix_of_a_finding_ends_it(code):
    """After the one click the check has nothing more to say."""
    case = FIRES[code]()
    (finding,) = BY_CODE[code].run(case.frame, case.schema, case.target)
    assert describe(finding.fix).endswith(".")
    mended = apply_fixes(case.frame, [finding.fix])
    kinds = {
        c.name: c.type for c in case.schema.columns if c.type == "identifier" and c.name in mended
    }
    frame, schema = typed(mended, **kinds)
    assert BY_CODE[code].run(frame, schema, case.target) == []


@pytest.mark.parametrize("code", CODES)
def test_a_check_leaves_the_table_as_it_was(code):
    """Looking changes nothing."""
    case = FIRES[code]()
    before = case.frame.copy(deep=True)
    BY_CODE[code].run(case.frame, case.schema, case.target)
    pd.testing.assert_frame_equal(case.frame, before)


@pytest.mark.parametrize("rows", [0, 1, 2])
@pytest.mark.parametrize("code", CODES)
def test_a_check_survives_a_table_of_hardly_any_rows(code, rows):
    """A few rows may be a finding, never an error."""
    case = FIRES[code]()
    frame, schema = typed(case.frame.head(rows).copy())
    BY_CODE[code].run(frame, schema, case.target)


def test_infinite_and_huge_numbers_break_no_check():
    """Whatever numbers a file holds, the checks end without an error or a warning."""
    frame, schema = typed(
        {
            "inf": some(noise(1), [3, 4, 5], np.inf),
            "both": some(some(noise(2), 3, -np.inf), 4, np.inf),
            "huge": noise(3) * 1e300,
            "tiny": noise(4) * 1e-300,
            "y": noise(5),
        }
    )
    for target in frame.columns:
        findings(frame, schema, target)


def test_serious_findings_come_first():
    """What would make scores wrong is read before what is good to know."""
    case = FIRES["OF306"]()
    frame = case.frame.assign(gap=some(noise(9), slice(0, 4), np.nan), same=1.0)
    frame, schema = typed(frame)
    told = findings(frame, schema, "y")
    assert [f.severity for f in told] == ["serious", "warning", "info"]
    assert [f.code for f in told] == ["OF306", "OF103", "OF102"]


def test_a_muted_code_is_not_told():
    """A person who knows about it does not want to be told again."""
    case = FIRES["OF103"]()
    assert "OF103" in {f.code for f in findings(case.frame, case.schema)}
    assert "OF103" not in {f.code for f in findings(case.frame, case.schema, muted={"OF103"})}


def test_a_column_that_is_not_used_is_not_looked_at():
    """Setting the parts of the target aside answers the finding as well as dropping them."""
    case = FIRES["OF307"]()
    assert findings(case.frame, case.schema, "y", ignored=["a"]) == ()
    told = profile(case.frame, case.schema, "y", roles={"a": "ignore"})
    assert told.findings == ()


def test_many_alike_findings_are_told_as_one_with_one_fix():
    """Nobody reads a hundred sentences about empty columns, or clicks a hundred times."""
    many = MANY + 3
    frame, schema = typed({"x": noise(1), **{f"e{i}": np.full(200, np.nan) for i in range(many)}})
    (finding,) = [f for f in findings(frame, schema) if f.code == "OF101"]
    assert len(finding.columns) == many
    assert finding.message.startswith(f"{many} columns have no value in any row: 'e0', ")
    assert finding.column is None
    assert list(apply_fixes(frame, [finding.fix]).columns) == ["x"]


def test_the_rarer_of_two_classes_has_no_button_but_a_way_out():
    """Without it nothing is left to predict; a finding without a fix says what to do instead."""
    frame, schema = typed({"x": noise(1), "y": some(["no"] * 200, slice(0, 3), "yes")})
    (finding,) = [f for f in findings(frame, schema, "y") if f.code == "OF304"]
    assert finding.fix is None
    assert "no more folds than it has rows" in finding.why
    assert "Of two classes none can be left out" in finding.why


def test_what_no_model_can_get_right_is_said_in_rows_and_share():
    """Shares near 100 % are rounded to "more than", which does not follow on "more than"."""
    x = np.arange(5000.0)
    x[1] = 0.0
    frame, schema = typed({"x": x, "y": ["no", "yes"] * 2500})
    (finding,) = [f for f in findings(frame, schema, "y") if f.code == "OF202"]
    assert "at least 1 of the 5,000 rows with an answer wrong (less than 0.1%)" in finding.why


def test_many_rare_classes_are_told_as_one():
    """Their fixes differ in the class, so there is no single click for all of them."""
    frame, schema = typed({"x": noise(1), "y": [f"c{i // 4}" for i in range(200)]})
    (finding,) = [f for f in findings(frame, schema, "y") if f.code == "OF304"]
    assert finding.message == "50 classes of 'y' have fewer rows than there are folds."
    assert finding.fix is None


def test_a_number_is_looked_at_as_classes_where_the_task_says_so():
    """Class codes such as 0 to 9 are classes for a classification, and a number otherwise."""
    frame, schema = typed({"x": noise(1), "y": some(np.arange(200) % 4, [0, 1], 9)})
    codes = {f.code for f in findings(frame, schema, "y", task="multiclass")}
    assert "OF304" in codes
    assert "OF304" not in {f.code for f in findings(frame, schema, "y", task="regression")}


def test_a_code_for_missing_in_the_target_is_serious():
    """A model would otherwise learn to predict 'not measured' as a value."""
    frame, schema = typed({"x": noise(1), "y": some(5 + noise(2), slice(0, 20), -200)})
    (finding,) = [f for f in findings(frame, schema, "y") if f.code == "OF112"]
    assert finding.severity == "serious"
    assert finding.evidence["value"] == -200


def test_an_impossible_zero_is_seen_and_a_possible_one_is_not():
    """A blood pressure of 0 was not measured; a garage of 0 square feet is no garage."""
    pressure = some(72 + 12 * noise(1), slice(0, 9), 0.0)
    garage = some(480 + 190 * np.abs(noise(2)) - 350, slice(0, 9), 0.0)
    frame, schema = typed({"pressure": pressure, "garage": garage})
    assert [f.column for f in findings(frame, schema) if f.code == "OF112"] == ["pressure"]


def test_a_product_that_makes_the_target_is_seen():
    """Price times quantity is the amount, whatever noise columns stand beside them."""
    price, quantity = np.exp(noise(1)), np.exp(noise(2))
    frame, schema = typed(
        {"z": noise(3), "price": price, "quantity": quantity, "amount": price * quantity}
    )
    (finding,) = [f for f in findings(frame, schema, "amount") if f.code == "OF307"]
    assert finding.message == "'amount' is 'price' × 'quantity', in every row."


def test_a_second_unit_of_a_measurement_is_seen():
    """Fahrenheit adds nothing to Celsius."""
    celsius = noise(1)
    frame, schema = typed({"c": celsius, "x": noise(2), "f": 32 + 1.8 * celsius})
    (finding,) = [f for f in findings(frame, schema) if f.code == "OF106"]
    assert finding.columns == ("c", "f")


def test_a_telling_absence_is_seen():
    """The lifeboat's number is known for the saved only: that it is there gives them away."""
    saved = np.arange(200) % 2
    boat = np.where(saved == 1, np.round(10 * np.abs(noise(1))), np.nan)
    frame, schema = typed({"boat": boat, "y": np.where(saved == 1, "yes", "no")})
    (finding,) = [f for f in findings(frame, schema, "y") if f.code == "OF306"]
    assert finding.evidence["score"] > 0.999


def test_rows_that_must_repeat_are_told_for_information_only():
    """A table of two yes-no columns cannot but repeat itself."""
    frame, schema = typed({"a": ["x", "y"] * 100, "b": ["u", "u", "v", "v"] * 50})
    (finding,) = [f for f in findings(frame, schema) if f.code == "OF201"]
    assert finding.severity == "info"


def test_the_work_does_not_grow_with_the_square_of_the_columns():
    """Eight times the columns take nowhere near 64 times as long."""
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(rng.standard_normal((60, 1600)), columns=[f"g{i}" for i in range(1600)])

    def seconds(columns: int) -> float:
        frame, schema = typed(wide.iloc[:, :columns].assign(y=["a", "b", "c"] * 20))
        start = time.process_time()
        findings(frame, schema, "y")
        return time.process_time() - start

    seconds(50)
    few, many = seconds(200), seconds(1600)
    assert many < 24 * few


def test_findings_name_columns_that_the_table_has():
    """Every column named by a finding or its fix can be looked up."""
    for code in CODES:
        case = FIRES[code]()
        for finding in findings(case.frame, case.schema, case.target):
            names = {*finding.columns, *(finding.fix.columns if finding.fix else ())}
            assert names <= {source_of(name) for name in case.frame.columns}
