"""A till session compared with what the hub has of it: counts, sums and the last hash of both sides.

What is missing is named and sent again. Nothing is ever mended by deleting.
"""

from dataclasses import dataclass

from till_app.domain.reports import fold
from till_app.domain.session import TillSession
from till_app.services.document_parts import Translate
from till_app.services.errors import HubRefused
from till_app.services.ports import Formatting, Ledger, Outbox
from till_app.wire.exchange import ErrorCode, SessionCheck
from till_app.wire.protocol import HubApi


@dataclass(frozen=True, slots=True)
class SessionComparison:
    session: TillSession
    sales: int
    sales_at_hub: int
    is_equal: bool
    findings: tuple[str, ...]
    """What differs or waits, one sentence each."""
    sends_again_from: int | None = None
    """The first entry that goes to the hub once more."""


class SessionChecks:
    """Any thread may call; each check asks the hub."""

    def __init__(self, ledger: Ledger, outbox: Outbox, formatting: Formatting, translate: Translate) -> None:
        self._ledger = ledger
        self._outbox = outbox
        self._format = formatting
        self._tr = translate

    def check(self, hub: HubApi, session: TillSession) -> SessionComparison:
        """Compare, and send again what the hub lacks. Raises HubError, LookupError, LedgerUnavailable."""
        report = fold(self._ledger.session_facts(session))
        try:
            at_hub = hub.session_check(session.session_id)
        except HubRefused as error:
            if error.code != ErrorCode.NOT_FOUND:
                raise
            return self._unknown(session, report.transaction_count)
        if self._goes_over_two_chains(session):
            return self._by_chain_only(session, report.transaction_count, at_hub)
        findings = self._figures(
            at_hub,
            ("transactions", report.transaction_count, at_hub.transactions),
            total_minor=report.total_minor,
            cash_minor=report.expected_cash_minor,
        )
        again_from = self._rewind_to_what_is_missing(session, at_hub, findings)
        return SessionComparison(
            session,
            report.transaction_count,
            at_hub.transactions,
            not findings,
            tuple(findings),
            again_from,
        )

    def _figures(
        self, at_hub: SessionCheck, counts: tuple[str, int, int], *, total_minor: int, cash_minor: int
    ) -> list[str]:
        findings = []
        _, here, there = counts
        if here != there:
            findings.append(
                self._tr("{here} sales at the till, {there} at the hub").format(here=here, there=there)
            )
        for name, own, hubs in (
            (self._tr("Total"), total_minor, at_hub.total_minor),
            (self._tr("Cash"), cash_minor, at_hub.cash_minor),
        ):
            if own != hubs:
                findings.append(
                    self._tr("{name}: {here} at the till, {there} at the hub").format(
                        name=name, here=self._format.amount(own), there=self._format.amount(hubs)
                    )
                )
        if at_hub.missing_receipts:
            findings.append(
                self._tr("The hub does not have {receipts}").format(
                    receipts=", ".join(at_hub.missing_receipts)
                )
            )
        if at_hub.quarantined:
            words = (
                self._tr("1 entry waits at the hub for a person")
                if at_hub.quarantined == 1
                else self._tr("{count} entries wait at the hub for a person")
            )
            findings.append(words.format(count=at_hub.quarantined))
        return findings

    def _rewind_to_what_is_missing(
        self, session: TillSession, at_hub: SessionCheck, findings: list[str]
    ) -> int | None:
        own_hash = self._outbox.hash_at(at_hub.last_seq)
        if own_hash is not None and own_hash != at_hub.last_hash:
            findings.append(
                self._tr("Entry {seq} is another at the hub: two tills have one identity").format(
                    seq=at_hub.last_seq
                )
            )
            return None
        acked_seq = self._outbox.acked_through().seq
        lacks_something = bool(at_hub.missing_receipts) and at_hub.quarantined == 0
        if lacks_something:
            return self._send_again_after(self._ledger.session_first_seq(session) - 1, acked_seq)
        if findings and at_hub.last_seq < acked_seq and not at_hub.quarantined:
            return self._send_again_after(at_hub.last_seq, acked_seq)
        return None

    def _send_again_after(self, seq: int, acked_seq: int) -> int | None:
        if seq >= acked_seq:
            return None
        self._outbox.rewind(seq)
        return seq + 1

    def _unknown(self, session: TillSession, sales: int) -> SessionComparison:
        acked_seq = self._outbox.acked_through().seq
        again_from = self._send_again_after(self._ledger.session_first_seq(session) - 1, acked_seq)
        return SessionComparison(
            session, sales, 0, False, (self._tr("The hub has nothing of this session yet"),), again_from
        )

    def _goes_over_two_chains(self, session: TillSession) -> bool:
        began_at = self._ledger.chains()[-1].began_at
        return began_at is not None and session.opened_at < began_at

    def _by_chain_only(self, session: TillSession, sales: int, at_hub: SessionCheck) -> SessionComparison:
        """Its first part is at the hub under the identity before: the sums of both are not one till's."""
        findings = [
            self._tr("This till was paired again in the session: its sums are under two tills at the hub")
        ]
        is_sound = self._outbox.hash_at(at_hub.last_seq) in (None, at_hub.last_hash)
        if not is_sound:
            findings.append(self._tr("Entry {seq} is another at the hub").format(seq=at_hub.last_seq))
        return SessionComparison(session, sales, at_hub.transactions, is_sound, tuple(findings))
