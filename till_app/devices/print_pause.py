"""When a printer that broke a job off gets the next one; that it did, and how it is, its worker sees."""

_MOST_IN_A_ROW = 2
FIRST_TRIAL_S = 60.0
"""Until a printer that broke off so many is tried again by itself; doubled after each that fails."""
_MOST_DOUBLED = 6


class PrintPause:
    """Each job broken off is a question to a person: a broken printer must not make one of every receipt.

    After the first it rests as long as any failure lets it. After the second it gets another only when there
    is reason to think that it is mended: it was unwell and is well again, or somebody did something.
    Not safe for threads by itself.
    """

    def __init__(self) -> None:
        self.until = 0.0
        self._in_a_row = 0
        self._may_be_mended = False
        """Something happened since; before that, its saying that it is well proves nothing."""

    def broke_off(self, now: float, rest_until: float, *, is_unwell: bool) -> None:
        """`is_unwell`: it says so itself, and will say when it is not any more."""
        self._in_a_row += 1
        self._may_be_mended = is_unwell
        failed_trials = self._in_a_row - _MOST_IN_A_ROW
        if failed_trials < 0:
            self.until = rest_until
        else:
            self.until = now + FIRST_TRIAL_S * 2 ** min(failed_trials, _MOST_DOUBLED)

    def printed(self) -> None:
        self._in_a_row = 0
        self.until = 0.0

    def may_be_mended(self) -> None:
        """It was unwell, or something was plugged in."""
        self._may_be_mended = True

    def said_well(self, now: float) -> bool:
        """False: it said as much before each job that it broke off."""
        if self._may_be_mended:
            self.end()
        return not self.is_stopped(now)

    def end_rest(self) -> None:
        """A new sale need not wait for the end of a rest."""
        if self._in_a_row < _MOST_IN_A_ROW:
            self.until = 0.0

    def end(self) -> None:
        """For one more job."""
        self.until = 0.0
        self._may_be_mended = False

    def holds(self, now: float) -> bool:
        return now < self.until

    def is_stopped(self, now: float) -> bool:
        return self.holds(now) and self._in_a_row >= _MOST_IN_A_ROW
