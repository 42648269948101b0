"""Drawer accountability: the till session and the movements of cash in its drawer."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class TillSession:
    """From the opening float to the Z report."""

    session_id: str
    number: int
    business_date: str
    opened_at: str
    opened_by: str
    """Staff id."""
    float_minor: int


class MovementKind(StrEnum):
    FLOAT = "float"
    TENDER = "tender"
    CHANGE = "change"
    REFUND = "refund"
    LOAN = "loan"
    PICK_UP = "pick_up"
    PAID_IN = "paid_in"
    PAID_OUT = "paid_out"


@dataclass(frozen=True, slots=True)
class DrawerMovement:
    """Cash that went into (positive) or out of (negative) the drawer."""

    movement_id: str
    session_id: str
    kind: MovementKind
    amount_minor: int
    at: str
    operator_id: str
    reason: str = ""
    sale_uuid: str | None = None
