"""What a journal entry of each kind is checked for, and what it does to the hub's tables."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from till_app.domain.journal import JournalEntry
from till_app.hub.custody.sale_checks import (
    Quarantined,
    check_business_date,
    check_movement,
    check_sums,
)
from till_app.hub.custody.sale_effects import apply_sale, check_sale_body, store_movement
from till_app.hub.custody.stock_effects import (
    apply_adjustment,
    apply_count,
    check_adjustment,
    check_count,
    check_count_sums,
)
from till_app.hub.custody.till_effects import (
    add_customer,
    begin_chain,
    check_chain,
    check_compensation,
    check_customer,
    check_session,
    check_z_report,
    compensate,
    keep_health,
    open_session,
    store_z_report,
)
from till_app.wire.bodies import (
    BODY_VERSION,
    AgeCheckBody,
    BasketVoidedBody,
    CardPaymentBody,
    ChainBegunBody,
    CompensationBody,
    CustomerAddedBody,
    DrawerEventBody,
    Kind,
    MovementBody,
    NoSaleBody,
    OperatorBody,
    PriceOverriddenBody,
    ReportBody,
    ReprintBody,
    SaleBody,
    SessionOpenedBody,
    SettingsChangedBody,
    StockAdjustedBody,
    StockCountedBody,
    TenderRemovedBody,
    TillHealthBody,
    ZReportBody,
)
from till_app.wire.exchange import QuarantineCode
from till_app.wire.protocol import MAX_ENTRY_BYTES

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""Of a JSON text; not every database keeps it."""


def _nothing(*_: object) -> None:
    """For kinds that are kept as they are."""


@dataclass(frozen=True, slots=True)
class Effect:
    decoder: msgspec.json.Decoder[msgspec.Struct]
    check: Callable[..., None]
    """Raises Quarantined for a body that makes no sense by itself."""
    apply: Callable[..., None]
    """Raises Quarantined for one that contradicts what the hub has."""
    check_sums: Callable[..., None]
    """Raises Quarantined for one whose figures do not add up; a person may accept it all the same."""


def _effect(
    body_type: type[msgspec.Struct],
    check: Callable[..., None] = _nothing,
    apply: Callable[..., None] = _nothing,
    check_sums: Callable[..., None] = _nothing,
) -> Effect:
    return Effect(msgspec.json.Decoder(body_type), check, apply, check_sums)


EFFECTS = {
    Kind.SALE: _effect(SaleBody, check_sale_body, apply_sale, check_sums),
    Kind.DRAWER_MOVEMENT: _effect(MovementBody, check_movement, store_movement),
    Kind.SESSION_OPENED: _effect(SessionOpenedBody, check_session, open_session),
    Kind.Z_REPORT: _effect(ZReportBody, check_z_report, store_z_report),
    Kind.BASKET_VOIDED: _effect(BasketVoidedBody),
    Kind.NO_SALE: _effect(NoSaleBody),
    Kind.X_REPORT: _effect(ReportBody),
    Kind.REPRINT: _effect(ReprintBody),
    Kind.SIGNED_ON: _effect(OperatorBody),
    Kind.SIGNED_OFF: _effect(OperatorBody),
    Kind.PIN_REFUSED: _effect(OperatorBody),
    Kind.AGE_CHECK: _effect(AgeCheckBody),
    Kind.PRICE_OVERRIDDEN: _effect(PriceOverriddenBody),
    Kind.TENDER_REMOVED: _effect(TenderRemovedBody),
    Kind.CUSTOMER_ADDED: _effect(CustomerAddedBody, check_customer, add_customer),
    Kind.STOCK_COUNTED: _effect(StockCountedBody, check_count, apply_count, check_count_sums),
    Kind.STOCK_ADJUSTED: _effect(StockAdjustedBody, check_adjustment, apply_adjustment),
    Kind.TILL_HEALTH: _effect(TillHealthBody, apply=keep_health),
    Kind.CHAIN_BEGUN: _effect(ChainBegunBody, check_chain, begin_chain),
    Kind.COMPENSATION: _effect(CompensationBody, check_compensation, compensate),
    Kind.DRAWER_EVENT: _effect(DrawerEventBody),
    Kind.CARD_PAYMENT: _effect(CardPaymentBody),
    Kind.SETTINGS_CHANGED: _effect(SettingsChangedBody),
}


def read_body(entry: JournalEntry, *, is_accepted: bool = False) -> msgspec.Struct | str:
    """The body, or why it cannot be applied whatever the tables hold.

    With `is_accepted` neither its size nor its sums are held against it.
    """
    effect = EFFECTS.get(entry.kind)
    if len(entry.body) > MAX_ENTRY_BYTES and not is_accepted:
        return QuarantineCode.BODY_TOO_LARGE
    if effect is None:
        return QuarantineCode.UNKNOWN_KIND
    if entry.version > BODY_VERSION:
        return QuarantineCode.NEWER_VERSION
    try:
        check_business_date(entry.business_date)
        if _NUL.search(entry.body):
            raise Quarantined(QuarantineCode.MALFORMED_BODY)
        body = effect.decoder.decode(entry.body)
        effect.check(body)
        if not is_accepted:
            effect.check_sums(body)
    except Quarantined as reason:
        return reason.code
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return QuarantineCode.MALFORMED_BODY
    return body
