"""When to compare the whole catalogue with the hub's: now and then, after the hub's data was replaced, and
when a person asks. How it is done is the sweep's.
"""

import logging
import random
from collections.abc import Callable
from typing import Protocol

from till_app.services.errors import HubUnreachable
from till_app.services.status import CatalogueChanged, CheckReport
from till_app.sync.codes import LATER, SyncCode

logger = logging.getLogger(__name__)

FIRST_AFTER_S = 600.0
"""Not while a till starts, but on the same day: many are turned off at night."""
EVERY_S = 86_400.0
SPREAD_S = 3_600.0
"""The tills of a chain do not come at the same moment."""


class CatalogueSweep(Protocol):
    """One comparison, in steps short enough for a sale to be sent between them. For one thread."""

    def begin(self) -> None:
        """Forget what an unfinished one found."""
        ...

    def accept_removal(self) -> None:
        """From any thread: a person wants what was refused as `mass_removal`."""
        ...

    def step(self) -> tuple[CatalogueChanged, CheckReport | None]:
        """What was mended, and the report once it is finished. Raises HubError and CatalogueUnavailable."""
        ...


class Checking:
    """For the thread of the cycle, except `ask`."""

    def __init__(
        self,
        sweep: CatalogueSweep,
        monotonic: Callable[[], float],
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._sweep = sweep
        self._monotonic = monotonic
        self._chance = chance
        self._is_asked = False
        self._is_under_way = False
        self._due_at = monotonic() + FIRST_AFTER_S + chance() * SPREAD_S
        self.report: CheckReport | None = None
        """Of the last comparison."""

    def ask(self) -> None:
        """From any thread: begin with the next `advance`."""
        self._is_asked = True

    def accept_removal(self) -> None:
        """From any thread: a comparison that ended as a mass removal is made again, with leave to remove."""
        if self.report is not None and self.report.error_code == SyncCode.MASS_REMOVAL:
            self._sweep.accept_removal()
            self.ask()

    def advance(self) -> tuple[CatalogueChanged, bool]:
        """One step if it is time: what was mended, and whether there is more to do at once. A hub that is too
        busy to be compared with is for later, and nobody's trouble."""
        if not self._is_under_way and not self._is_asked and self._monotonic() < self._due_at:
            return CatalogueChanged(), False
        if not self._is_under_way:
            self._is_asked = False
            self._is_under_way = True
            self._sweep.begin()
        try:
            change, report = self._sweep.step()
        except HubUnreachable as error:
            self._put_off(error.retry_after_s or 0.0)
            if error.code in LATER:
                logger.info("the catalogue is compared later: %s", error)
                return CatalogueChanged(), False
            raise
        except Exception:
            self._put_off()
            raise
        if report is None:
            return change, True
        self._is_under_way = False
        self.report = report
        self._due_at = self._monotonic() + EVERY_S + self._chance() * SPREAD_S
        return change, False

    def _put_off(self, least_s: float = 0.0) -> None:
        self._is_under_way = False
        self._due_at = self._monotonic() + max(FIRST_AFTER_S, least_s)
