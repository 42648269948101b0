"""Commands that are typed to a simulated device, such as `paper out` or `weight 412`, found and obeyed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hardware.bench.console import UsageError


@dataclass(frozen=True, slots=True)
class Switch:
    does: str
    """For the list of commands."""
    act: Callable[[Sequence[str]], str]
    """On the words after the command; what to answer, empty: `ok`. Raises UsageError."""
    takes: str = ""
    """What stands after the command, such as `GRAMS`."""


Switches = Mapping[str, Switch]
"""By the words that call them."""


def find(switches: Switches, words: Sequence[str]) -> tuple[Switch, Sequence[str]] | None:
    """The switch with the most words that these begin with, and the words after those."""
    for length in range(len(words), 0, -1):
        switch = switches.get(" ".join(words[:length]).lower())
        if switch is not None and (length == len(words) or switch.takes):
            return switch, words[length:]
    return None


def setting(change: Callable[[], object]) -> Callable[[Sequence[str]], str]:
    """A switch that takes nothing and answers `ok`."""

    def act(_words: Sequence[str]) -> str:
        change()
        return ""

    return act


def number(words: Sequence[str]) -> int:
    """Of the words after a command. Raises UsageError."""
    text = " ".join(words)
    try:
        return int(text)
    except ValueError as error:
        raise UsageError(f"“{text}” is no whole number") from error
