"""A till's own entries taken back: appended as they were, with all that follows from them built anew.

The journal says everything: sales, sessions, drawer movements, numbers and the grand total are read from the
bodies. What a body of an unknown kind or version says stays in the journal and nowhere else.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from till_app.domain.journal import JournalEntry
from till_app.domain.session import TillSession
from till_app.services.domain_values import movement_from, sale_from, session_from
from till_app.services.ports import (
    Ledger,
    LedgerRestore,
    PaymentAttempt,
    PaymentPurpose,
    PaymentState,
    TillNumbers,
)
from till_app.wire.bodies import (
    BODY_VERSION,
    BasketVoidedBody,
    CardPaymentBody,
    ChainBegunBody,
    Kind,
    MovementBody,
    NoSaleBody,
    ReprintBody,
    SaleBody,
    SessionOpenedBody,
    ZReportBody,
)

log = logging.getLogger(__name__)


def _ignore(_count: int) -> None:
    """For a caller that does not want to know."""


class JournalRecovery:
    """Implements Recovery. Any thread may call."""

    def __init__(self, ledger: Ledger, on_taken: Callable[[int], None] = _ignore) -> None:
        """`on_taken` is told of how many entries there were that the ledger did not have."""
        self._ledger = ledger
        self._on_taken = on_taken

    def read_back(self, entries: Sequence[JournalEntry]) -> None:
        self.take_back(entries, acknowledged=True)

    def take_back(self, entries: Sequence[JournalEntry], *, acknowledged: bool) -> None:
        """In one transaction; `acknowledged`: the hub has them. Raises ReadBackRefused, LedgerUnavailable."""
        with self._ledger.restore() as write:
            rebuilding = _Rebuilding(write)
            taken = 0
            for entry in entries:
                if write.take_back(entry):
                    rebuilding.apply(entry)
                    taken += 1
            if acknowledged and entries:
                write.acknowledge(entries[-1].seq)
            write.commit()
        if taken:
            log.info("took back %d entries up to %d", taken, entries[-1].seq)
            self._on_taken(taken)

    def record_again(self, entries: Sequence[JournalEntry]) -> None:
        """Facts that neither follow the journal nor are at the hub: what came between is lost. Raises
        LedgerUnavailable."""
        with self._ledger.restore() as write:
            rebuilding = _Rebuilding(write)
            for entry in entries:
                rebuilding.apply(write.record_again(entry))
            write.commit()


class _Rebuilding:
    """What the entries of one transaction did."""

    def __init__(self, write: LedgerRestore) -> None:
        self._write = write
        self._begun: ChainBegunBody | None = None
        first = write.first_entry()
        if first is not None and first.kind == Kind.CHAIN_BEGUN:
            self._begun = _decoded(first, ChainBegunBody)

    def apply(self, entry: JournalEntry) -> None:
        effect = _EFFECTS.get(entry.kind)
        if effect is None or self._write.is_of_older_chain(entry.uuid):
            return
        body_type, rebuild = effect
        body = _decoded(entry, body_type)
        if body is not None:
            rebuild(self, entry, body)

    def chain_begun(self, entry: JournalEntry, body: ChainBegunBody) -> None:
        if entry.seq != 1:
            return
        self._begun = body
        self._write.raise_numbers(TillNumbers(body.receipt_counter, body.z_number, body.session_number))
        self._write.set_grand_total(body.grand_total_minor)
        if body.open_session is not None:
            self.session_opened(entry, body.open_session)

    def session_opened(self, entry: JournalEntry, body: SessionOpenedBody) -> None:
        if self._write.has_session(body.session_id) or self._write.open_session_now() is not None:
            return
        self._write.restore_session(session_from(body, entry.business_date), entry.seq)
        self._write.add_movement(movement_from(body.movement))

    def sale(self, entry: JournalEntry, body: SaleBody) -> None:
        """A carried-over sale of a session that ended in an older chain stays in the journal only."""
        self._write.close_basket(body.uuid)
        if not self._write.has_session(body.session_id):
            self._write.raise_numbers(TillNumbers(body.counter, 0, 0))
            if not self._is_carried_over(entry):
                self._write.set_grand_total(self._write.grand_total_minor() + body.total_minor)
            return
        total_minor = self._write.grand_total_minor()
        self._write.restore_sale(sale_from(body, entry.business_date))
        for movement in body.movements:
            self._write.add_movement(movement_from(movement))
        if self._is_carried_over(entry):
            self._write.set_grand_total(total_minor)

    def movement(self, _entry: JournalEntry, body: MovementBody) -> None:
        if self._write.has_session(body.session_id):
            self._write.add_movement(movement_from(body))

    def basket_voided(self, entry: JournalEntry, body: BasketVoidedBody) -> None:
        self._write.close_basket(body.uuid)
        session = self._session_of(entry)
        if session is not None:
            self._write.count_voided_basket(session.session_id)

    def no_sale(self, entry: JournalEntry, _body: NoSaleBody) -> None:
        session = self._session_of(entry)
        if session is not None:
            self._write.count_no_sale(session.session_id)

    def z_report(self, _entry: JournalEntry, body: ZReportBody) -> None:
        session = self._write.open_session_now()
        if session is not None and session.session_id == body.report.session_id:
            self._write.restore_z(session.session_id, body.closed_at, body.z_number)
        else:
            self._write.raise_numbers(TillNumbers(0, body.z_number, 0))

    def reprint(self, _entry: JournalEntry, body: ReprintBody) -> None:
        self._write.restore_copies(body.document, body.copy_number)

    def card_payment(self, entry: JournalEntry, body: CardPaymentBody) -> None:
        """What was open is asked about again, and approved money counts as outside a sale until its sale
        comes. What the terminal printed is not in the entries."""
        state = PaymentState(body.state)
        is_over = state not in (PaymentState.STARTED, PaymentState.UNKNOWN) and (
            not body.approved_minor
            or state is PaymentState.REVERSED
            or body.purpose == PaymentPurpose.REVERSAL
        )
        session = self._session_of(entry)
        self._write.restore_payment(
            PaymentAttempt(
                attempt_id=body.attempt_id,
                basket_uuid=body.basket_uuid,
                purpose=PaymentPurpose(body.purpose),
                reference=body.reference,
                amount_minor=body.amount_minor,
                currency=body.currency,
                operator_id=body.operator_id,
                session_id=session.session_id if session is not None else "",
                started_at=entry.at,
                state=state,
                approved_minor=body.approved_minor,
                ended_at=entry.at if is_over else None,
                reason=body.reason,
                terminal=body.terminal,
                terminal_reference=body.terminal_reference,
                authorisation=body.authorisation,
                scheme=body.scheme,
                of_attempt=body.of_attempt,
            )
        )

    def _session_of(self, entry: JournalEntry) -> TillSession | None:
        session = self._write.open_session_now()
        return session if session is not None and entry.at >= session.opened_at else None

    def _is_carried_over(self, entry: JournalEntry) -> bool:
        return self._begun is not None and entry.seq <= 1 + self._begun.carried_over


_EFFECTS: dict[str, tuple[type[msgspec.Struct], Callable[[_Rebuilding, JournalEntry, Any], None]]] = {
    Kind.CHAIN_BEGUN: (ChainBegunBody, _Rebuilding.chain_begun),
    Kind.SESSION_OPENED: (SessionOpenedBody, _Rebuilding.session_opened),
    Kind.SALE: (SaleBody, _Rebuilding.sale),
    Kind.DRAWER_MOVEMENT: (MovementBody, _Rebuilding.movement),
    Kind.BASKET_VOIDED: (BasketVoidedBody, _Rebuilding.basket_voided),
    Kind.NO_SALE: (NoSaleBody, _Rebuilding.no_sale),
    Kind.Z_REPORT: (ZReportBody, _Rebuilding.z_report),
    Kind.REPRINT: (ReprintBody, _Rebuilding.reprint),
    Kind.CARD_PAYMENT: (CardPaymentBody, _Rebuilding.card_payment),
}


def _decoded(entry: JournalEntry, body_type: type[msgspec.Struct]) -> Any:
    """None when this release cannot read it."""
    if entry.version > BODY_VERSION:
        return None
    try:
        return msgspec.json.decode(entry.body, type=body_type)
    except msgspec.MsgspecError as error:
        log.warning("the body of entry %d cannot be read: %s", entry.seq, error)
        return None
