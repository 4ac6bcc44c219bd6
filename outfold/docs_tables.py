"""The documents that are derived from the registries: ``python -m outfold.docs_tables``.

A test compares them with what stands in ``docs/``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from outfold.metrics.catalogue import catalogue
from outfold.registry import FOLDERS, Kind, Param, Strategy, registry
from outfold.study.tune.space import axis_of
from outfold.validate.catalogue import schemes
from outfold.validate.scheme import Scheme

DOCS = Path(__file__).resolve().parents[1] / "docs"

HEADINGS: dict[Kind, str] = {
    "preparation": "Preparations",
    "selector": "Selectors",
    "resampler": "Resamplers",
    "model": "Models",
}


def strategies() -> str:
    """``docs/strategies.md``: every strategy and metric with its parameters and source."""
    lines = [
        "# Strategies and metrics",
        "",
        "Written by `python -m outfold.docs_tables` from the registries; edit the strategy's file.",
    ]
    for kind in FOLDERS:
        lines += ["", f"## {HEADINGS[kind]}"]
        for strategy in registry(kind):
            lines += ["", *_strategy(strategy)]
    lines += ["", "## Validation schemes", "", "What they mean: [validation.md](validation.md)."]
    for scheme in schemes().values():
        lines += ["", *_scheme(scheme)]
    lines += ["", "## Metrics", ""]
    lines += ["| key | metric | tasks | better | what it measures | source |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for m in catalogue().values():
        cells = (f"`{m.key}`", m.label, ", ".join(m.tasks), m.direction, m.summary, m.source)
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(lines) + "\n"


def _strategy(strategy: Strategy) -> list[str]:
    lines = [f"### `{strategy.key}`: {strategy.label}", "", strategy.summary]
    facts = ["Tasks: " + ", ".join(strategy.tasks) + "."]
    if strategy.family:
        facts.insert(0, f"Family: {strategy.family}.")
    if strategy.source:
        facts.append(f"Source: {strategy.source.rstrip('.')}.")
    lines += ["", " ".join(facts)]
    if strategy.params:
        heads = ["parameter", "takes", "default", "what it does"]
        if strategy.kind == "model":
            heads += ["tuning tries", "source of that range"]
        lines += ["", "| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
        lines += [_param(p, strategy.kind == "model") for p in strategy.params]
    return lines


def _scheme(scheme: Scheme) -> list[str]:
    lines = [f"### `{scheme.key}`: {scheme.label}", "", f"{scheme.summary} {scheme.suits}"]
    facts = ["Tasks: " + ", ".join(scheme.tasks) + "."]
    facts += ["Needs a column with the role " + " and ".join(scheme.needs) + "."] * bool(
        scheme.needs
    )
    facts += ["Keeps apart by " + " and ".join(scheme.guards) + "."] * bool(scheme.guards)
    lines += ["", " ".join([*facts, f"Source: {scheme.source.rstrip('.')}."])]
    if scheme.fields:
        lines += ["", "| setting | takes | default | what it does |", "| --- | --- | --- | --- |"]
        lines += [_param(field, False) for field in scheme.fields]
    return lines


def _param(param: Param, tuned: bool) -> str:
    default = param.none_label if param.default is None else str(param.default)
    cells = [f"`{param.key}`", param.wanted(), default, param.help]
    if tuned:
        axis = axis_of(param)
        cells += [axis.words(), axis.source] if axis else ["no", param.search_source]
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def help_texts() -> str:
    """``docs/command-line-options.md``: the help of every command."""
    from outfold.cli import build_parser

    lines = [
        "# Options of the commands",
        "",
        "Written by `python -m outfold.docs_tables` from the parsers. What each command prints is "
        "told in [command-line.md](command-line.md).",
    ]
    parser = build_parser()
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for name, sub in actions[0].choices.items():
        sub.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=96)
        lines += ["", f"## `{name}`", "", "```text", sub.format_help().rstrip(), "```"]
    return "\n".join(lines) + "\n"


DOCUMENTS = {"strategies.md": strategies, "command-line-options.md": help_texts}


def main() -> None:
    """Write the derived documents."""
    for name, make in DOCUMENTS.items():
        (DOCS / name).write_text(make())


if __name__ == "__main__":
    main()
