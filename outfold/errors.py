"""The errors that a person is meant to read: what is wrong, and what would be right."""

from __future__ import annotations


class OutfoldError(Exception):
    """Something a person can put right.

    Args:
        message: One sentence that names what is wrong.
        hint: One sentence that says what would be right, or nothing.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ReadError(OutfoldError):
    """A table that cannot be read: what is wrong, where, and what would be right."""


class StudyError(OutfoldError):
    """A study that cannot be run as it stands."""


class ParameterError(OutfoldError):
    """A parameter value outside what its strategy accepts.

    Args:
        message: One sentence that names what is wrong.
        hint: One sentence that says what would be right, or nothing.
        key: What the parameter is called where it is written, unless ``message`` says so already.
    """

    def __init__(self, message: str, hint: str = "", key: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, key)
        self.key = key

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} It is written {self.key}." if self.key else text


class UnknownNameError(OutfoldError):
    """A name that no registry, column list or store knows; the hint gives the nearest one."""


class LetGoError(OutfoldError):
    """Predictions that were removed to keep within the limit of the store."""


class NotApplicableError(OutfoldError):
    """A method that has no meaning for these data, such as resampling a regression."""
