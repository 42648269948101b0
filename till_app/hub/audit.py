"""Who asked the back office for which change, and when. Rows are only ever added."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select

from till_app.domain.ids import new_uuid7
from till_app.domain.times import to_text
from till_app.hub.tables import audit

MOST_SHOWN = 500


class AuditView(msgspec.Struct, frozen=True):
    at: str
    who: str
    action: str
    subject: str
    detail: str


def note(
    connection: Connection, now: datetime, who: str, action: str, subject: str, detail: str = ""
) -> None:
    """Written before the change itself, so that no change is without its row; it may have been refused."""
    connection.execute(
        insert(audit).values(
            audit_id=new_uuid7(now),
            at=to_text(now),
            who=who,
            action=action,
            subject=subject[:500],
            detail=detail[:1_000],
        )
    )


def latest(connection: Connection, limit: int = MOST_SHOWN) -> list[AuditView]:
    """The newest first."""
    rows = connection.execute(select(audit).order_by(audit.c.at.desc(), audit.c.audit_id.desc()).limit(limit))
    return [AuditView(row.at, row.who, row.action, row.subject, row.detail) for row in rows]
