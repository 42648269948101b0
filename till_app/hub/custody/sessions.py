"""Till sessions as the hub has them beside what the till's Z says: sums, differences, missing receipts."""

from collections.abc import Collection
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, Row, case, func, select

from till_app.domain.ids import receipt_number
from till_app.hub.custody.lookups import chunks
from till_app.hub.custody.quarantine import IS_WAITING
from till_app.hub.custody.receipts import quarantined_receipts
from till_app.hub.refusals import Refused
from till_app.hub.tables import drawer_movement, entry, sale, till, till_session, z_report
from till_app.hub.tills import Till
from till_app.wire.bodies import ZReportBody
from till_app.wire.exchange import ErrorCode, SessionCheck

MAX_SESSIONS = 100
MAX_NAMED = 200
"""Missing receipts of one session that are named."""
_decode_z = msgspec.json.Decoder(ZReportBody).decode


class HubFigures(msgspec.Struct, frozen=True):
    transactions: int = 0
    total_minor: int = 0
    cash_minor: int = 0
    """Sum of the drawer's movements."""


class ZFigures(msgspec.Struct, frozen=True):
    z_number: int
    closed_at: str
    total_minor: int
    expected_cash_minor: int
    declared_minor: int
    over_short_minor: int
    grand_total_minor: int
    transactions: int | None = None
    """Unknown of Z reports that an older release of the hub took."""


class SessionView(msgspec.Struct, frozen=True):
    session_id: str
    number: int
    business_date: str
    opened_at: str
    opened_by: str
    hub: HubFigures
    z_report: ZFigures | None
    """What the till says; none while the session is open or its Z has not come."""
    differences: list[str]
    """Where the two do not agree, in words."""
    missing_receipts: list[str]
    """Numbers between the session's first and last of which the hub has no sale, not even in quarantine."""


@dataclass(frozen=True, slots=True)
class _Sums:
    figures: HubFigures = field(default_factory=HubFigures)
    first_seq: int | None = None
    first_counter: int | None = None
    """Of the till's own numbers; a session that came over from another till may have none."""
    last_counter: int | None = None


@dataclass(frozen=True, slots=True)
class _Z:
    row: Row[tuple[object, ...]]
    body: ZReportBody | None


def till_sessions(connection: Connection, till_id: str) -> list[SessionView]:
    """The newest first. Raises Refused 404 for an unknown till."""
    caller = _till(connection, till_id)
    opened = connection.execute(
        select(till_session)
        .where(till_session.c.till_id == till_id)
        .order_by(till_session.c.opened_at.desc(), till_session.c.number.desc())
        .limit(MAX_SESSIONS)
    ).all()
    session_ids = [row.session_id for row in opened]
    sums, closed = _sums(connection, caller, session_ids), _z_reports(connection, till_id, session_ids)
    return [
        _view(connection, caller, row, sums.get(row.session_id, _Sums()), closed.get(row.session_id))
        for row in opened
    ]


def session_check(connection: Connection, caller: Till, session_id: str) -> SessionCheck:
    """What the hub has of a session of the calling till. Raises Refused 404."""
    if "\0" in session_id:
        raise Refused(404, ErrorCode.NOT_FOUND, "There is no such session.")
    opened = connection.execute(
        select(till_session).where(
            till_session.c.session_id == session_id, till_session.c.till_id == caller.till_id
        )
    ).first()
    sums = _sums(connection, caller, [session_id]).get(session_id, _Sums())
    z = _z_reports(connection, caller.till_id, [session_id]).get(session_id)
    if opened is None and z is None and sums.first_seq is None:
        raise Refused(404, ErrorCode.NOT_FOUND, "The hub has nothing of that session of this till.")
    known_seqs = [opened.seq if opened is not None else None, sums.first_seq, z.row.seq if z else None]
    first_seq = min((seq for seq in known_seqs if seq is not None), default=None)
    last_seq, last_hash = _end(connection, caller.till_id, z)
    quarantined = connection.execute(
        select(func.count())
        .select_from(entry)
        .where(entry.c.till_id == caller.till_id, entry.c.seq.between(first_seq or 0, last_seq), IS_WAITING)
    ).scalar_one()
    return SessionCheck(
        session_id=session_id,
        transactions=sums.figures.transactions,
        total_minor=sums.figures.total_minor,
        cash_minor=sums.figures.cash_minor,
        entries=last_seq - first_seq + 1 if first_seq is not None else 0,
        last_seq=last_seq,
        last_hash=last_hash,
        quarantined=quarantined,
        missing_receipts=_missing_receipts(connection, caller, sums, z),
    )


def _till(connection: Connection, till_id: str) -> Till:
    code = None
    if "\0" not in till_id:
        code = connection.execute(select(till.c.till_code).where(till.c.till_id == till_id)).scalar()
    if code is None:
        raise Refused(404, ErrorCode.NOT_FOUND, "There is no such till.")
    return Till(till_id, code)


def _sums(connection: Connection, caller: Till, session_ids: Collection[str]) -> dict[str, _Sums]:
    own_counter = case((sale.c.receipt_number.startswith(f"{caller.till_code}-"), sale.c.counter))
    cash_minor: dict[str, int] = {}
    found: dict[str, _Sums] = {}
    for part in chunks(session_ids):
        cash_minor |= {
            row[0]: int(row[1])
            for row in connection.execute(
                select(drawer_movement.c.session_id, func.sum(drawer_movement.c.amount_minor))
                .where(drawer_movement.c.till_id == caller.till_id, drawer_movement.c.session_id.in_(part))
                .group_by(drawer_movement.c.session_id)
            )
        }
        for row in connection.execute(
            select(
                sale.c.session_id,
                func.count().label("transactions"),
                func.sum(sale.c.total_minor).label("total_minor"),
                func.min(sale.c.seq).label("first_seq"),
                func.min(own_counter).label("first_counter"),
                func.max(own_counter).label("last_counter"),
            )
            .where(sale.c.till_id == caller.till_id, sale.c.session_id.in_(part))
            .group_by(sale.c.session_id)
        ):
            figures = HubFigures(row.transactions, int(row.total_minor), cash_minor.pop(row.session_id, 0))
            found[row.session_id] = _Sums(figures, row.first_seq, row.first_counter, row.last_counter)
    return found | {
        session_id: _Sums(HubFigures(cash_minor=amount_minor))
        for session_id, amount_minor in cash_minor.items()
    }


def _z_reports(connection: Connection, till_id: str, session_ids: Collection[str]) -> dict[str, _Z]:
    return {
        row.session_id: _Z(row, _decode_z(row.body) if row.body is not None else None)
        for part in chunks(session_ids)
        for row in connection.execute(
            select(z_report, entry.c.body, entry.c.hash)
            .join(
                entry,
                (entry.c.till_id == z_report.c.till_id) & (entry.c.seq == z_report.c.seq),
                isouter=True,
            )
            .where(z_report.c.till_id == till_id, z_report.c.session_id.in_(part))
            .order_by(z_report.c.z_number)
        )
    }


def _end(connection: Connection, till_id: str, z: _Z | None) -> tuple[int, str]:
    """The session's last entry: its Z, else the newest that the hub has."""
    if z is not None and z.row.seq is not None:
        return z.row.seq, z.row.hash
    row = connection.execute(
        select(till.c.acked_seq, till.c.acked_hash).where(till.c.till_id == till_id)
    ).one()
    return row.acked_seq, row.acked_hash


def _view(
    connection: Connection, caller: Till, opened: Row[tuple[object, ...]], sums: _Sums, z: _Z | None
) -> SessionView:
    return SessionView(
        session_id=opened.session_id,
        number=opened.number,
        business_date=opened.business_date,
        opened_at=opened.opened_at,
        opened_by=opened.opened_by,
        hub=sums.figures,
        z_report=_z_figures(z) if z else None,
        differences=_differences(sums.figures, z) if z else [],
        missing_receipts=_missing_receipts(connection, caller, sums, z),
    )


def _z_figures(z: _Z) -> ZFigures:
    return ZFigures(
        z_number=z.row.z_number,
        closed_at=z.row.closed_at,
        total_minor=z.row.total_minor,
        expected_cash_minor=z.row.expected_cash_minor,
        declared_minor=z.row.declared_minor,
        over_short_minor=z.row.over_short_minor,
        grand_total_minor=z.row.grand_total_minor,
        transactions=z.body.report.transaction_count if z.body else None,
    )


def _differences(hub: HubFigures, z: _Z) -> list[str]:
    compared = [
        ("total", z.row.total_minor, hub.total_minor),
        ("cash", z.row.expected_cash_minor, hub.cash_minor),
    ]
    if z.body is not None:
        compared.insert(0, ("transactions", z.body.report.transaction_count, hub.transactions))
    return [
        f"{name}: {at_till} at the till, {at_hub} at the hub"
        for name, at_till, at_hub in compared
        if at_till != at_hub
    ]


def _missing_receipts(connection: Connection, caller: Till, sums: _Sums, z: _Z | None) -> list[str]:
    """Of the till's own numbers; those of a till that it goes on from are no gap of its."""
    ends = [sums.first_counter, sums.last_counter]
    if z is not None and z.body is not None:
        ends += [_counter(caller, z.body.report.first_receipt), _counter(caller, z.body.report.last_receipt)]
    counters = [counter for counter in ends if counter is not None]
    if not counters:
        return []
    first, last = min(counters), max(counters)
    rows = connection.execute(
        select(sale.c.counter, sale.c.receipt_number)
        .where(sale.c.till_id == caller.till_id, sale.c.counter.between(first, last))
        .order_by(sale.c.counter)
    )
    receipts = [(row.receipt_number, row.counter) for row in rows]
    receipts += quarantined_receipts(connection, caller.till_id).get(caller.till_id, {}).items()
    own = {
        counter
        for number, counter in receipts
        if first <= counter <= last and number == receipt_number(caller.till_code, counter)
    }
    missing: list[str] = []
    expected = first
    for counter in [*sorted(own), last + 1]:
        while expected < counter and len(missing) < MAX_NAMED:
            missing.append(receipt_number(caller.till_code, expected))
            expected += 1
        expected = counter + 1
    return missing


def _counter(caller: Till, number: str | None) -> int | None:
    """Of a receipt number of the till's own."""
    code, _, digits = (number or "").rpartition("-")
    is_own = code == caller.till_code and digits.isascii() and digits.isdigit() and len(digits) <= 12
    return int(digits) if is_own else None
