"""How long to wait for a hub that does not answer: exponential with full jitter. Pure; chance is injected."""

import random
from collections.abc import Callable
from dataclasses import dataclass


class Backoff:
    """Each failure doubles the ceiling from 1 s to 5 min; the wait is any moment below it.

    Full jitter keeps the tills of a shop from coming back all at once after an outage.
    """

    def __init__(
        self, first_s: float = 1.0, most_s: float = 300.0, chance: Callable[[], float] = random.random
    ) -> None:
        """`chance` gives numbers from 0 to below 1."""
        self._first_s = first_s
        self._most_s = most_s
        self._chance = chance
        self._ceiling_s = first_s

    @property
    def ceiling_s(self) -> float:
        """The longest that the next wait can be."""
        return self._ceiling_s

    def next_wait_s(self) -> float:
        """The wait after one more failure."""
        wait_s = self._chance() * self._ceiling_s
        self._ceiling_s = min(self._ceiling_s * 2, self._most_s)
        return wait_s

    def reset(self) -> None:
        """Something worked."""
        self._ceiling_s = self._first_s


@dataclass(frozen=True, slots=True)
class Wait:
    """How long to rest between two cycles."""

    full_s: float
    woken_s: float
    """To how much of it new work may shorten it: 0 while all is well, a few seconds while the hub is away
    (a busy counter must not hammer it), all of it when the hub itself named the time."""
