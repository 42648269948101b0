"""What counts and adjustments do to the stock: movements, each once, never a level."""

from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.custody.application import Step
from till_app.hub.custody.sale_checks import Quarantined, check_ids, check_quantity
from till_app.hub.custody.writes import StockKey
from till_app.wire.bodies import StockAdjustedBody, StockCountedBody
from till_app.wire.exchange import QuarantineCode


def move_stock(
    step: Step,
    movement_id: str,
    key: StockKey,
    kind: str,
    moved_milli: int,
    sale_uuid: str | None = None,
    line_number: int | None = None,
) -> None:
    step.writes.deferred.moved_milli[key] += moved_milli
    step.writes.add(
        tables.stock_movement,
        {
            "movement_id": movement_id,
            "item_id": key.item_id,
            "location_id": key.location_id,
            "kind": kind,
            "quantity_milli": moved_milli,
            "at": to_text(step.application.now),
            "sale_uuid": sale_uuid,
            "line_number": line_number,
        },
    )


def check_count(body: StockCountedBody) -> None:
    check_ids(body.movement_id, body.item_id, body.location_id)
    for quantity_milli in (body.counted_milli, body.expected_milli, body.moved_milli):
        check_quantity(quantity_milli)


def check_count_sums(body: StockCountedBody) -> None:
    if body.counted_milli - body.expected_milli != body.moved_milli:
        raise Quarantined(QuarantineCode.SUMS_DIFFER)


def apply_count(step: Step, body: StockCountedBody) -> None:
    move_stock(step, body.movement_id, _known_key(step, body), "count", body.moved_milli)


def check_adjustment(body: StockAdjustedBody) -> None:
    check_ids(body.movement_id, body.item_id, body.location_id, body.cause)
    check_quantity(body.moved_milli)


def apply_adjustment(step: Step, body: StockAdjustedBody) -> None:
    move_stock(step, body.movement_id, _known_key(step, body), body.cause, body.moved_milli)


def _known_key(step: Step, body: StockCountedBody | StockAdjustedBody) -> StockKey:
    """An empty location is the default one of the till's shop."""
    lookups = step.application.lookups
    if body.item_id not in lookups.items:
        raise Quarantined(QuarantineCode.UNKNOWN_ITEM)
    location_id = body.location_id or lookups.place.location_id
    if location_id is None or (body.location_id and body.location_id not in lookups.locations):
        raise Quarantined(QuarantineCode.UNKNOWN_LOCATION)
    return StockKey(body.item_id, location_id)
