"""What a journal entry of each kind is checked for, and what it does to the hub's tables."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from till_app.domain.journal import JournalEntry
from till_app.hub import tables
from till_app.hub.application import Step
from till_app.hub.sale_checks import (
    Quarantined,
    canonical_moment,
    check_amounts,
    check_business_date,
    check_movement,
)
from till_app.hub.sale_effects import apply_sale, check_sale_body, store_movement
from till_app.wire.bodies import (
    BODY_VERSION,
    AgeCheckBody,
    BasketVoidedBody,
    Kind,
    MovementBody,
    NoSaleBody,
    OperatorBody,
    ReportBody,
    ReprintBody,
    SaleBody,
    SessionOpenedBody,
    ZReportBody,
)
from till_app.wire.exchange import QuarantineCode


def read_body(entry: JournalEntry) -> msgspec.Struct | str:
    """The body, or why it cannot be applied whatever the tables hold."""
    effect = EFFECTS.get(entry.kind)
    if effect is None:
        return QuarantineCode.UNKNOWN_KIND
    if entry.version > BODY_VERSION:
        return QuarantineCode.NEWER_VERSION
    try:
        check_business_date(entry.business_date)
        body = effect.decoder.decode(entry.body)
        effect.check(body)
    except Quarantined as reason:
        return reason.code
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return QuarantineCode.MALFORMED_BODY
    return body


def _check_session(body: SessionOpenedBody) -> None:
    check_amounts(body.float_minor, body.number)
    check_movement(body.movement)


def _open_session(step: Step, body: SessionOpenedBody) -> None:
    step.writes.add(
        tables.till_session,
        {
            "session_id": body.session_id,
            "till_id": step.application.till.till_id,
            "number": body.number,
            "business_date": step.entry.business_date,
            "opened_at": canonical_moment(body.movement.at),
            "opened_by": body.operator_id,
            "float_minor": body.float_minor,
        },
    )
    if body.movement.amount_minor:
        store_movement(step, body.movement)


def _check_z_report(body: ZReportBody) -> None:
    canonical_moment(body.closed_at)
    check_amounts(
        body.z_number,
        body.report.total_minor,
        body.report.expected_cash_minor,
        body.declared_minor,
        body.over_short_minor,
        body.grand_total_minor,
    )


def _store_z_report(step: Step, body: ZReportBody) -> None:
    step.writes.add(
        tables.z_report,
        {
            "till_id": step.application.till.till_id,
            "z_number": body.z_number,
            "session_id": body.report.session_id,
            "business_date": step.entry.business_date,
            "closed_at": canonical_moment(body.closed_at),
            "total_minor": body.report.total_minor,
            "expected_cash_minor": body.report.expected_cash_minor,
            "declared_minor": body.declared_minor,
            "over_short_minor": body.over_short_minor,
            "grand_total_minor": body.grand_total_minor,
        },
    )


def _nothing(*_: object) -> None:
    """For kinds that are kept as they are."""


@dataclass(frozen=True, slots=True)
class Effect:
    decoder: msgspec.json.Decoder[msgspec.Struct]
    check: Callable[..., None]
    """Raises Quarantined for a body that makes no sense by itself."""
    apply: Callable[..., None]
    """Raises Quarantined for one that contradicts what the hub has."""


def _effect(
    body_type: type[msgspec.Struct],
    check: Callable[..., None] = _nothing,
    apply: Callable[..., None] = _nothing,
) -> Effect:
    return Effect(msgspec.json.Decoder(body_type), check, apply)


EFFECTS = {
    Kind.SALE: _effect(SaleBody, check_sale_body, apply_sale),
    Kind.DRAWER_MOVEMENT: _effect(MovementBody, check_movement, store_movement),
    Kind.SESSION_OPENED: _effect(SessionOpenedBody, _check_session, _open_session),
    Kind.Z_REPORT: _effect(ZReportBody, _check_z_report, _store_z_report),
    Kind.BASKET_VOIDED: _effect(BasketVoidedBody),
    Kind.NO_SALE: _effect(NoSaleBody),
    Kind.X_REPORT: _effect(ReportBody),
    Kind.REPRINT: _effect(ReprintBody),
    Kind.SIGNED_ON: _effect(OperatorBody),
    Kind.SIGNED_OFF: _effect(OperatorBody),
    Kind.PIN_REFUSED: _effect(OperatorBody),
    Kind.AGE_CHECK: _effect(AgeCheckBody),
}
