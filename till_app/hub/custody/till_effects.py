"""What a till says of itself and of its people's doings: sessions, Z reports, health, chains, customers."""

from sqlalchemy import update

from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.custody.application import Step
from till_app.hub.custody.lookups import tills_before
from till_app.hub.custody.sale_checks import (
    Quarantined,
    canonical_moment,
    check_amounts,
    check_ids,
    check_movement,
)
from till_app.hub.custody.sale_effects import store_movement
from till_app.hub.custody.writes import Settlement
from till_app.wire.bodies import (
    ChainBegunBody,
    CompensationBody,
    CustomerAddedBody,
    SessionOpenedBody,
    TillHealthBody,
    ZReportBody,
)
from till_app.wire.exchange import QuarantineCode

_MAX_HEALTH_BYTES = 64_000
_MAX_CUSTOMER_TEXT = 2_000


def check_session(body: SessionOpenedBody) -> None:
    check_ids(body.session_id)
    check_amounts(body.float_minor)
    _check_number(body.number)
    check_movement(body.movement)


def open_session(step: Step, body: SessionOpenedBody) -> None:
    step.writes.add(
        tables.till_session,
        {
            "session_id": body.session_id,
            "till_id": step.application.till.till_id,
            "seq": step.entry.seq,
            "number": body.number,
            "business_date": step.entry.business_date,
            "opened_at": canonical_moment(body.movement.at),
            "opened_by": body.operator_id,
            "float_minor": body.float_minor,
        },
    )
    if body.movement.amount_minor:
        store_movement(step, body.movement)


def check_z_report(body: ZReportBody) -> None:
    check_ids(body.report.session_id)
    canonical_moment(body.closed_at)
    _check_number(body.z_number)
    _check_number(body.report.transaction_count)
    check_amounts(
        body.report.total_minor,
        body.report.expected_cash_minor,
        body.declared_minor,
        body.over_short_minor,
        body.grand_total_minor,
    )


def store_z_report(step: Step, body: ZReportBody) -> None:
    step.writes.add(
        tables.z_report,
        {
            "till_id": step.application.till.till_id,
            "seq": step.entry.seq,
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


def _check_number(number: int) -> None:
    if not 0 <= number < 2**31:
        raise Quarantined(QuarantineCode.MALFORMED_BODY)


def check_customer(body: CustomerAddedBody) -> None:
    texts = (body.name, body.email, body.phone, body.note, "\n".join(body.address))
    check_ids(body.customer_id)
    is_named = bool(body.customer_id and body.name.strip())
    if not is_named or any(len(text) > _MAX_CUSTOMER_TEXT for text in texts):
        raise Quarantined(QuarantineCode.MALFORMED_BODY)


def add_customer(step: Step, body: CustomerAddedBody) -> None:
    """The same customer again changes nothing: from the first time on the hub's word holds."""
    if body.customer_id in step.application.lookups.customers:
        return
    step.writes.deferred.customers[body.customer_id] = {
        "customer_id": body.customer_id,
        "name": body.name.strip(),
        "email": body.email,
        "phone": body.phone,
        "address": "\n".join(body.address),
        "price_list_id": None,
        "balance_minor": 0,
        "credit_limit_minor": 0,
        "balance_at": to_text(step.application.now),
        "note": body.note,
        "active": True,
        "made_by_till_id": step.application.till.till_id,
    }


def keep_health(step: Step, _body: TillHealthBody) -> None:
    """The last one stands at the till; the others stay in the journal."""
    if len(step.entry.body) > _MAX_HEALTH_BYTES:
        raise Quarantined(QuarantineCode.BODY_TOO_LARGE)
    step.writes.deferred.till_values |= {
        "health": step.entry.body,
        "health_at": canonical_moment(step.entry.at),
    }


def check_chain(body: ChainBegunBody) -> None:
    check_ids(body.previous_till_id)


def begin_chain(step: Step, body: ChainBegunBody) -> None:
    """From here on the till may send sales with the numbers of the tills before.

    One that is not the first entry was carried over: it began the chain of the till before, which died before
    it could send it.
    """
    application, till = step.application, tables.till.c
    till_id = application.till.till_id
    if step.entry.seq > 1:
        before = tills_before(application.connection, till_id)
        till_id = before[-1][0] if before else till_id
    application.connection.execute(
        update(tables.till)
        .where(till.till_id == till_id, till.till_id != body.previous_till_id)
        .values(continues_till_id=body.previous_till_id)
    )
    application.lookups.till_codes[1:] = [
        code for _, code in tills_before(application.connection, application.till.till_id)
    ]


def check_compensation(body: CompensationBody) -> None:
    check_ids(body.of_uuid)


def compensate(step: Step, body: CompensationBody) -> None:
    step.writes.deferred.settlements.append(
        Settlement(step.entry.seq, body.of_uuid, body.operator_id, body.reason)
    )
