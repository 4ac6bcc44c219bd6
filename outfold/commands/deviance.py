"""``deviance``: a generalised linear model, and nested ones against it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from outfold.commands.command import Command, add_data, open_table, print_rows
from outfold.errors import NotApplicableError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    from outfold.judge.glm_families import FAMILIES

    add_data(parser, target=None)
    parser.add_argument("--formula", required=True, metavar="F", help="such as y ~ a + C(b)")
    parser.add_argument("--family", required=True, choices=list(FAMILIES))
    parser.add_argument("--link", metavar="L")
    parser.add_argument("--power", type=float, metavar="P", help="variance power (tweedie)")
    parser.add_argument("--offset", metavar="C")
    parser.add_argument("--exposure", metavar="C")
    parser.add_argument("--weights", metavar="C")
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="F",
        help="a formula nested with the first; may be given several times",
    )
    parser.add_argument(
        "--table",
        choices=["sequential", "type2", "type3", "drop1", "add1"],
        default="sequential",
        help="which tests of the formula's terms, where no --against is given; add1 adds the terms "
        "of one wider --against",
    )
    parser.add_argument(
        "--stepwise",
        choices=["aic", "bic"],
        help="add and drop terms of the formula while this falls, and tell of the model reached",
    )
    parser.add_argument(
        "--direction",
        choices=["both", "forward", "backward"],
        help="the steps allowed; both unless given",
    )
    parser.add_argument(
        "--errors",
        choices=["model", "HC0", "HC1", "HC2", "HC3"],
        help="standard errors by the family unless given, or robust ones",
    )
    parser.add_argument(
        "--cluster",
        metavar="C",
        help="a column of groups of rows that belong together, for standard errors by group",
    )
    parser.add_argument("--test", choices=["chisq", "f"], help="by the family unless given")


def run(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Fit the model and the analysis of deviance."""
    from outfold.judge.glm import deviance_json, stepwise_json

    if options.cluster is not None and options.errors is not None:
        raise NotApplicableError(
            f"--cluster and --errors {options.errors} ask for two kinds of standard errors.",
            "Give one of them.",
        )
    if options.stepwise is None and options.direction is not None:
        raise NotApplicableError(
            "--direction says which way a stepwise search goes, and none is asked for.",
            "Add --stepwise aic or --stepwise bic.",
        )
    if options.stepwise is not None and (options.against or options.table == "add1"):
        raise NotApplicableError(
            "--stepwise chooses the model itself, so there is nothing to put it against.",
            "Leave out --against and --table add1, or --stepwise.",
        )
    _, frame = open_table(options, scratch)
    given: dict[str, Any] = {
        "link": options.link,
        "power": options.power,
        "offset": options.offset,
        "exposure": options.exposure,
        "weights": options.weights,
        "test": options.test,
        "table": options.table,
        "errors": "cluster" if options.cluster is not None else options.errors or "model",
        "cluster": options.cluster,
    }
    if options.stepwise is not None:
        return stepwise_json(
            frame, options.formula, options.family, options.stepwise,
            options.direction or "both", **given,
        )  # fmt: skip
    against = tuple(options.against)
    return deviance_json(frame, options.formula, options.family, against=against, **given)


def show(result: dict[str, Any]) -> None:
    """Print the path, where there is one, the fit and the table."""
    if "path" in result:
        print_rows(
            result["path"]["steps"],
            ["action", "df", "deviance_change", "df_residual", "deviance", "criterion"],
        )
        print(f"\n{result['fit']['formula']}\n{result['fit']['notes'][-1]}\n")
    fit = result["fit"]
    for name in ("null_deviance", "residual_deviance", "df_null", "df_residual", "d2", "aic", "bic",
                 "dispersion"):  # fmt: skip
        if fit.get(name) is not None:
            print(f"{name:>18} {fit[name]:.6g}")
    print()
    print_rows(
        result["analysis_of_deviance"],
        ["formula", "df_residual", "deviance", "df", "delta", "statistic", "p_value"],
    )


COMMAND = Command("deviance", "Fit a GLM and analyse its deviance.", 60, arguments, run, show)
