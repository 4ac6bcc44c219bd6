"""The options of ``compare`` that choose how rows are held out."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from outfold.errors import ParameterError
from outfold.study.study import Validation
from outfold.validate.catalogue import scheme_named, schemes
from outfold.validate.fields import FIELDS


def add_validation(parser: argparse.ArgumentParser) -> None:
    """Declare the options, one for each field of a validation."""
    parser.add_argument("--validation", metavar="SCHEME", help="one of " + ", ".join(schemes()))
    for field in FIELDS:
        if field.none_label:
            wanted = f"{field.low:g} or more ({field.none_label})"
        elif field.high is not None and field.high < 1e6:
            wanted = f"{field.low:g} to {field.high:g} ({field.default:g})"
        else:
            wanted = f"{field.low:g} or more ({field.default:g})"
        parser.add_argument(
            "--" + field.key.replace("_", "-"),
            type=int if field.kind == "int" else float,
            metavar="N" if field.kind == "int" else "X",
            help=f"{field.label[0].lower()}{field.label[1:]}, {wanted}",
        )
    parser.add_argument(
        "--group", metavar="COLUMN", help="rows with the same value stay on one side; its role"
    )
    parser.add_argument("--time", metavar="COLUMN", help="the order of the rows; its role")


def roles_in(options: argparse.Namespace) -> list[str]:
    """The roles that ``--group`` and ``--time`` give, as ``--role`` would."""
    named = {"group": options.group, "time": options.time}
    return [f"{column}={role}" for role, column in named.items() if column is not None]


def validation_of(options: argparse.Namespace, now: Validation) -> Validation:
    """A study's validation as the options change it.

    Raises:
        ParameterError: An option that the scheme does not use.
        StudyError: A value out of its range.
        UnknownNameError: There is no such scheme.
    """
    scheme = scheme_named(options.validation or now.scheme)
    given: dict[str, Any] = {
        field.key: value for field in FIELDS if (value := getattr(options, field.key)) is not None
    }
    if idle := [key for key in given if not scheme.uses(key)]:
        uses = ", ".join("--" + f.key.replace("_", "-") for f in scheme.fields) or "none of these"
        raise ParameterError(
            f"--{idle[0].replace('_', '-')} has no effect with the scheme {scheme.key}.",
            f"It uses {uses}; --validation takes another scheme.",
        )
    return dataclasses.replace(now, scheme=scheme.key, **given)
