"""How values of a table are shown."""

import json

from streamlit.testing.v1 import AppTest


def shows_two_columns_of_times() -> None:
    import pandas as pd

    from components.table import table

    days = pd.to_datetime(["2024-02-01", None])
    hours = pd.to_datetime(["2024-02-01 03:00", "2024-02-02 00:00"])
    table(pd.DataFrame({"day": days, "hour": hours}), "times")


def test_a_column_of_days_has_no_midnights_and_one_of_hours_keeps_its_hours():
    test = AppTest.from_function(shows_two_columns_of_times).run()
    assert not test.exception
    shown = json.loads(test.dataframe[0].proto.columns)
    assert shown["day"]["type_config"]["type"] == "date"
    assert "hour" not in shown
