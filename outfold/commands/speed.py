"""Racing and quick look as options of a command, and what racing saved as it is printed."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from outfold.errors import ParameterError
from outfold.registry import Param
from outfold.study.speed import QUICK, RACE_TESTS, RACING
from outfold.study.study import Study
from outfold.study.workspace import Workspace


def add_speed(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    race, quick = _named(RACING), _named(QUICK)
    parser.add_argument(
        "--race", nargs="?", const="curtailed", choices=[*RACE_TESTS, "off"],
        help="stop candidates that are clearly beaten; how it is judged: curtailed or friedman",
    )  # fmt: skip
    parser.add_argument("--race-level", type=float, help=_about(race["level"]))
    parser.add_argument("--race-first", type=int, metavar="N", help=_about(race["first"]))
    parser.add_argument(
        "--quick", nargs="?", const=quick["rows"].default, type=int, metavar="ROWS",
        help="look at a sample of so many rows first, then at the whole table",
    )  # fmt: skip
    parser.add_argument("--quick-samples", type=int, metavar="N", help=_about(quick["samples"]))


def _named(params: tuple[Param, ...]) -> dict[str, Param]:
    return {param.key: param for param in params}


def _about(param: Param) -> str:
    return f"{param.label[0].lower()}{param.label[1:]}; {param.wanted()}"


def with_speed(options: argparse.Namespace, study: Study) -> Study:
    """The study with the options that were given.

    Raises:
        ParameterError: A value that is not allowed, or a setting of what is not switched on.
    """
    race: dict[str, Any] = {}
    if options.race is not None:
        race = {"on": options.race != "off"}
        if race["on"]:
            race["test"] = options.race
    race |= _given(options, "race", ("level", "first"))
    quick = _given(options, "quick", ("samples",))
    if options.quick is not None:
        quick |= {"on": True, "rows": options.quick}
    racing = dataclasses.replace(study.racing, **race)
    first_look = dataclasses.replace(study.quick, **quick)
    for flag, given, on in (("--race", race, racing.on), ("--quick", quick, first_look.on)):
        if given and not on and "on" not in given:
            raise ParameterError(
                f"A setting of {flag} is given, and it is not switched on.", f"Add {flag}."
            )
    return study.replace(racing=racing, quick=first_look)


def _given(options: argparse.Namespace, which: str, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(options, f"{which}_{name}") for name in names}
    return {name: value for name, value in values.items() if value is not None}


def race_of(workspace: Workspace, run: str) -> dict[str, Any] | None:
    """The rule of a run's race and what it saved; None where nobody could be stopped."""
    from outfold.study.race import rule
    from outfold.study.racing import applies, n_splits, saved
    from outfold.study.run import plan_of

    study, plan = workspace.study(workspace.records.run(run).study), plan_of(workspace, run)
    spared = saved(workspace, run)
    if not applies(study) or plan is None or spared is None:
        return None
    return {
        "test": study.racing.test,
        "level": study.racing.level,
        "rule": rule(study.racing, len(plan.fits), n_splits(plan)),
        "candidates_stopped": spared.candidates,
        "fits_not_computed": spared.fits,
        "seconds_not_spent": spared.seconds,
    }


def show_race(race: dict[str, Any] | None) -> None:
    """Print what racing saved, where it was on."""
    if race:
        print(
            f"\n{race['candidates_stopped']} candidates stopped early: "
            f"{race['fits_not_computed']} fits not computed, about "
            f"{race['seconds_not_spent']:.1f} s of work saved.\n{race['rule']}"
        )
