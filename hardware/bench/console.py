"""What every command of the bench works with: where words go, what it returns to the shell, bad arguments."""

from enum import IntEnum
from typing import Protocol


class ExitCode(IntEnum):
    DONE = 0
    FAILED = 1
    """The device is not there, not ready, or said no; nothing is in doubt."""
    USAGE = 2
    """The command cannot be carried out as it was typed."""
    NOT_KNOWN = 3
    """Something may have happened and nobody knows: a person must look, or ask the device."""
    INTERRUPTED = 130


class UsageError(Exception):
    """What was typed cannot be meant; the text says what is wrong with it."""


class Console(Protocol):
    def tell(self, line: str) -> None:
        """A result, at once; from any thread."""
        ...

    def complain(self, line: str) -> None:
        """What went wrong, apart from the results."""
        ...

    def ask(self, question: str) -> str:
        """What was typed, without its line break. Raises EOFError when nobody will answer."""
        ...

    def ask_secret(self, question: str) -> str:
        """As `ask`, without showing what is typed."""
        ...
