"""Stock seen, counted and adjusted at the till: as movements, never as levels; the hub need not answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from till_app.domain.basket_line import MAX_QUANTITY_MILLI
from till_app.domain.catalogue import Item, Location, StaffMember, Unit
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.services.ports import Catalogue, Ledger, SyncWaker
from till_app.services.workplace import Workplace
from till_app.wire.bodies import Kind, StockAdjustedBody, StockCountedBody


class StockCause(StrEnum):
    """Why stock changed without a sale; the sign of its movements."""

    WASTE = "waste"
    DAMAGED = "damaged"
    OWN_USE = "own_use"
    FOUND = "found"
    RECEIVED = "received"

    @property
    def sign(self) -> int:
        return 1 if self in (StockCause.FOUND, StockCause.RECEIVED) else -1


@dataclass(frozen=True, slots=True)
class StockHere:
    """What is believed to be at one location, by all that this till knows."""

    location: Location
    expected_milli: int
    """The hub's level and what this till did since that the hub has not taken note of."""
    hub_milli: int | None
    """None: the hub has never said."""
    as_of: str
    """When the hub's level was true; RFC 3339, UTC; empty when it never said."""

    @property
    def unsent_milli(self) -> int:
        """What this till did and has not sent: sales count down."""
        return self.expected_milli - (self.hub_milli or 0)


class StockTaking:
    """GUI thread only."""

    def __init__(self, workplace: Workplace, ledger: Ledger, catalogue: Catalogue, sync: SyncWaker) -> None:
        self._workplace = workplace
        self._ledger = ledger
        self._catalogue = catalogue
        self._sync = sync
        self._approver: StaffMember | None = None
        self._begun_by = ""

    def begin(self, approver: StaffMember | None = None) -> None:
        """A supervisor approves of all that this operator counts until somebody else does.

        Raises DomainError `approval_needed`.
        """
        self._workplace.authorise(Permission.COUNT_STOCK, approver)
        self._approver = approver
        self._begun_by = self._workplace.require_operator().staff_id

    def stock_of(self, item: Item) -> tuple[StockHere, ...]:
        """At every location of the shop, the one that sales take from first."""
        levels = {level.location_id: level for level in self._catalogue.stock_levels(item.item_id)}
        here = []
        for location in self._catalogue.locations():
            level = levels.get(location.location_id)
            hub_milli = level.quantity_milli if level else None
            moved_milli = self._unsent_milli(item.item_id, location)
            expected_milli = (hub_milli or 0) + moved_milli
            here.append(StockHere(location, expected_milli, hub_milli, level.as_of if level else ""))
        return tuple(here)

    def count(
        self,
        item: Item,
        location_id: str,
        counted_milli: int,
        reason: str = "",
        approver: StaffMember | None = None,
    ) -> StockCountedBody:
        """What is there, counted; the movement is what it differs by from what was expected.

        Raises DomainError `approval_needed`, `location_unknown`, `count_negative`, `quantity_too_large`,
        `quantity_not_whole`.
        """
        approved_by = self._authorise(approver)
        if counted_milli < 0:
            raise DomainError("count_negative")
        _check_quantity(item, counted_milli)
        here = self._at(item, location_id)
        body = StockCountedBody(
            movement_id=self._workplace.new_id(),
            item_id=item.item_id,
            location_id=location_id,
            counted_milli=counted_milli,
            expected_milli=here.expected_milli,
            moved_milli=counted_milli - here.expected_milli,
            operator_id=self._workplace.require_operator().staff_id,
            reason=reason.strip(),
            approved_by=approved_by,
        )
        self._record(Kind.STOCK_COUNTED, body)
        return body

    def adjust(
        self,
        item: Item,
        location_id: str,
        quantity_milli: int,
        cause: StockCause,
        reason: str = "",
        approver: StaffMember | None = None,
    ) -> StockAdjustedBody:
        """So much (positive) went or came by that cause.

        Raises DomainError `approval_needed`, `location_unknown`, `quantity_zero`, `quantity_negative`,
        `quantity_too_large`, `quantity_not_whole`.
        """
        approved_by = self._authorise(approver)
        if quantity_milli == 0:
            raise DomainError("quantity_zero")
        if quantity_milli < 0:
            raise DomainError("quantity_negative")
        _check_quantity(item, quantity_milli)
        self._at(item, location_id)
        body = StockAdjustedBody(
            movement_id=self._workplace.new_id(),
            item_id=item.item_id,
            location_id=location_id,
            moved_milli=cause.sign * quantity_milli,
            cause=cause.value,
            operator_id=self._workplace.require_operator().staff_id,
            reason=reason.strip(),
            approved_by=approved_by,
        )
        self._record(Kind.STOCK_ADJUSTED, body)
        return body

    def _authorise(self, approver: StaffMember | None) -> str | None:
        is_same = self._workplace.require_operator().staff_id == self._begun_by
        return self._workplace.authorise(
            Permission.COUNT_STOCK, approver or (self._approver if is_same else None)
        )

    def _at(self, item: Item, location_id: str) -> StockHere:
        for here in self.stock_of(item):
            if here.location.location_id == location_id:
                return here
        raise DomainError("location_unknown")

    def _unsent_milli(self, item_id: str, location: Location) -> int:
        sold_milli = self._ledger.unsent_sold_milli(item_id) if location.is_default else 0
        moved_milli = 0
        for movement in self._unsent_movements():
            if (movement.item_id, movement.location_id) == (item_id, location.location_id):
                moved_milli += movement.moved_milli
        return moved_milli - sold_milli

    def _unsent_movements(self) -> Sequence[StockCountedBody | StockAdjustedBody]:
        counted = self._ledger.unsent_of_kind(Kind.STOCK_COUNTED)
        adjusted = self._ledger.unsent_of_kind(Kind.STOCK_ADJUSTED)
        return [
            *(msgspec.json.decode(entry.body, type=StockCountedBody) for entry in counted),
            *(msgspec.json.decode(entry.body, type=StockAdjustedBody) for entry in adjusted),
        ]

    def _record(self, kind: str, body: StockCountedBody | StockAdjustedBody) -> None:
        with self._ledger.write() as write:
            write.record(self._workplace.fact(kind, body))
            write.commit()
        self._sync.wake()


def _check_quantity(item: Item, quantity_milli: int) -> None:
    if quantity_milli > MAX_QUANTITY_MILLI:
        raise DomainError("quantity_too_large")
    if item.unit is Unit.EACH and quantity_milli % 1000:
        raise DomainError("quantity_not_whole", item=item.name)
