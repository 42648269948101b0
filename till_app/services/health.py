"""How this till is, as an entry for the hub: when the day opens and closes, and once a day at least."""

from datetime import timedelta

from till_app.domain.times import from_text
from till_app.services.ports import HealthProbe, Ledger, LedgerWrite
from till_app.services.workplace import Workplace
from till_app.wire.bodies import Kind, TillHealthBody


class Health:
    """GUI thread only."""

    def __init__(self, workplace: Workplace, ledger: Ledger, probe: HealthProbe) -> None:
        self._workplace = workplace
        self._ledger = ledger
        self._probe = probe

    @property
    def is_due(self) -> bool:
        """Whether a day has passed since the last one."""
        last_at = self._ledger.last_at_of_kind(Kind.TILL_HEALTH)
        if last_at is None:
            return True
        return from_text(self._workplace.now_text()) - from_text(last_at) >= timedelta(days=1)

    def record_if_due(self) -> bool:
        """Raises DomainError `not_paired` and LedgerUnavailable."""
        if not self.is_due:
            return False
        with self._ledger.write() as write:
            self.record(write)
            write.commit()
        return True

    def record(self, write: LedgerWrite, business_date: str | None = None) -> None:
        """In a transaction that somebody else commits."""
        reading = self._probe.read()
        body = TillHealthBody(
            app_version=reading.app_version,
            system=reading.system,
            free_disk_bytes=reading.free_disk_bytes,
            ledger_bytes=reading.ledger_bytes,
            catalogue_bytes=reading.catalogue_bytes,
            unsent_entries=self._ledger.unsent().entries,
            clock_skew_s=reading.clock_skew_s,
            ledger_check=reading.ledger_check,
            printer=reading.printer,
            devices=reading.devices,
        )
        write.record(self._workplace.fact(Kind.TILL_HEALTH, body, business_date))
