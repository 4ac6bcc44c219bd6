"""The commands, one a file, each declaring ``COMMAND``; found by walking."""

from __future__ import annotations

import importlib
import pkgutil

from outfold.commands.command import Command

COMMANDS: tuple[Command, ...] = tuple(
    sorted(
        (
            module.COMMAND
            for info in pkgutil.iter_modules(__path__)
            if hasattr(module := importlib.import_module(f"{__name__}.{info.name}"), "COMMAND")
        ),
        key=lambda c: c.order,
    )
)
