"""The catalogue's file goes bad while somebody sells: the basket stays, and the goods come again."""

from pathlib import Path

import pytest

from tests.end_to_end.shop import MILK, MINTS
from tests.scenarios.lane import Lane
from tests.scenarios.oracle import assert_both_sides_are_equal
from till_app.till_files import TillFiles


def _overwrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.with_name(path.name + "-wal").unlink(missing_ok=True)


@pytest.mark.parametrize("content", [b"\xff" * 300_000, b""], ids=["overwritten", "emptied"])
def test_a_catalogue_that_is_lost_in_the_midst_of_a_sale_costs_neither_basket_nor_restart(
    sqlite_lane: Lane, content: bytes
) -> None:
    lane = sqlite_lane
    services = lane.till.services
    services.selling.scan(MILK)
    _overwrite(TillFiles(lane.folder).catalogue, content)
    lane.round()
    assert [line.gross_minor for line in services.selling.lines] == [165]
    lane.settle()
    services.selling.scan(MINTS)
    services.checkout.pay_cash(services.checkout.balance_minor)
    assert services.checkout.complete().sale.total_minor == 225
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane)
