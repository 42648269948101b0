"""The till as the program puts it together, and a real hub that comes and goes."""

from pathlib import Path

import pytest

from tests.end_to_end.shop import MILK, MINTS, admin, begin_day, open_shop, open_till, pair, sell
from till_app.bootstrap import Till
from till_app.services.errors import HubRefused
from till_app.services.status import LinkState


def test_each_sale_is_at_the_hub_to_the_penny_and_stock_comes_back(tmp_path: Path) -> None:
    with open_shop(tmp_path) as hub, open_till(tmp_path / "till") as (till, heard):
        pair(till, hub)
        begin_day(till)
        till.start()
        sell(till, MILK, MILK, MINTS)
        sell(till, MINTS)
        heard.wait(lambda: till.ledger.unsent().entries == 0)
        totals = till.hub_totals()
        report = till.services.reporting.read()
        assert (totals.gross_minor, totals.tax_minor) == (450, 20) == (report.total_minor, report.tax_minor)
        assert totals.cash_minor == report.expected_cash_minor == 10_450
        (milk,) = till.catalogue.find(MILK)
        heard.wait(lambda: _stock(till, milk.item_id) == 46_000)


def _stock(till: Till, item_id: str) -> int:
    level = till.catalogue.stock(item_id)
    return int(level.quantity_milli) if level else 0


def test_selling_is_the_same_with_the_hub_gone_even_after_a_cold_start(tmp_path: Path) -> None:
    with open_shop(tmp_path) as hub:
        with open_till(tmp_path / "till") as (till, _heard):
            pair(till, hub)
            begin_day(till)
        hub.stop()
        with open_till(tmp_path / "till") as (till, heard):
            begin_day(till)
            till.start()
            numbers = [sell(till, MILK), sell(till, MINTS, MILK)]
            assert numbers == ["1-000001", "1-000002"]
            heard.wait(lambda: heard.status.state is LinkState.OFFLINE and heard.status.waiting_sales == 2)
            assert heard.status.since is not None
            hub.start()
            till.sync.wake()
            heard.wait(lambda: heard.status.state is LinkState.ONLINE and heard.status.waiting_sales == 0)
            assert till.hub_totals().gross_minor == 390


def test_a_price_changed_at_the_hub_reaches_the_till_and_never_an_open_basket(tmp_path: Path) -> None:
    with open_shop(tmp_path) as hub, open_till(tmp_path / "till") as (till, heard):
        pair(till, hub)
        begin_day(till)
        till.start()
        till.services.selling.scan(MILK)
        admin(hub, "PATCH", "/v1/admin/items/MILK", json={"price_minor": 199, "name": "Milk, new"})
        heard.wait(lambda: till.catalogue.find(MILK)[0].price_minor == 199)
        assert [line.gross_minor for line in till.services.selling.lines] == [165]
        till.services.selling.scan(MILK)
        assert [(line.name, line.gross_minor) for line in till.services.selling.lines] == [
            ("Semi-skimmed milk 2L", 165),
            ("Milk, new", 199),
        ]


def test_two_tills_have_numbers_of_their_own_and_see_each_others_stock(tmp_path: Path) -> None:
    with (
        open_shop(tmp_path) as hub,
        open_till(tmp_path / "one") as (one, heard_one),
        open_till(tmp_path / "two") as (two, heard_two),
    ):
        for till in (one, two):
            pair(till, hub)
            begin_day(till)
            till.start()
        assert [sell(one, MILK), sell(two, MILK)] == ["1-000001", "2-000001"]
        heard_one.wait(lambda: one.ledger.unsent().entries == 0)
        heard_two.wait(lambda: two.ledger.unsent().entries == 0)
        (milk,) = two.catalogue.find(MILK)
        heard_two.wait(lambda: _stock(two, milk.item_id) == 46_000)


def test_a_pairing_code_works_once(tmp_path: Path) -> None:
    with open_shop(tmp_path) as hub:
        code = admin(hub, "POST", "/v1/admin/pairing-codes").json()["code"]
        with open_till(tmp_path / "one") as (one, _):
            one.pair(hub.url, code, "One")
        with open_till(tmp_path / "two") as (two, _), pytest.raises(HubRefused):
            two.pair(hub.url, code, "Two")


def test_the_pairing_file_is_for_its_owner_only_and_its_token_is_in_no_repr(tmp_path: Path) -> None:
    with open_shop(tmp_path) as hub, open_till(tmp_path / "till") as (till, _):
        pair(till, hub)
        path = tmp_path / "till" / "pairing.json"
        assert path.stat().st_mode & 0o077 == 0
        assert till.pairing is not None
        assert till.pairing.token not in repr(till.pairing)
