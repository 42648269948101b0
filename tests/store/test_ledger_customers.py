"""What a ledger of the first release says after it was migrated, and what the newer columns keep."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from alembic import command
from alembic.config import Config

from tests.domain.builders import a_basket, a_line, a_sale
from tests.store.builders import DAY, NOON, SESSION, a_fact, a_ledger, sell
from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketCustomer, PromotionSaving
from till_app.domain.catalogue import Customer
from till_app.store.database import Database
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_schema import MIGRATIONS
from till_app.store.sqlite_engine import Synchronous

ADA = Customer("ada", "", "Ada Byron", "ada@example.org", "07700 900456", ("1 Mill Lane", "Leeds"))
OF_FIRST_RELEASE = f"""
INSERT INTO till_identity VALUES (1, 'till-a', '2', 'Front till');
INSERT INTO till_session VALUES ('{SESSION}', 1, '{DAY}', '{NOON}', 'op', 0, 1, 0, 0, NULL, NULL);
INSERT INTO sale VALUES (1, 'old', '2', '{SESSION}', '{DAY}', '{NOON}', '{NOON}', 'op', 'Aisha', 'GBP', 165,
    NULL, 0);
INSERT INTO sale_line VALUES (1, 1, 0, 'i', 'milk', '', 'Milk', 'each', 'dairy', 1000, 165, 165, 0, 165, 165,
    0, 'Z', 0, 0, NULL, NULL, NULL);
INSERT INTO sale_tender VALUES (1, 0, 't', 'cash', 165, 165, 0, '');
INSERT INTO open_basket VALUES (1, 'basket', '{NOON}', 0);
UPDATE till_state SET receipt_counter = 1, session_number = 1;
"""


def test_sales_and_basket_of_the_first_release_are_there_without_customer_and_promotions(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite"
    with (
        closing(Database(path, Synchronous.FULL, wal_autocheckpoint_pages=0)) as database,
        database.writing() as connection,
    ):
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in OF_FIRST_RELEASE.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        connection.commit()
    with closing(SqliteLedger(path)) as ledger:
        sale, saved = ledger.sale("old"), ledger.saved_basket()
    assert sale is not None
    assert (sale.customer, sale.lines[0].promotions, sale.lines[0].price_list_id) == (None, (), None)
    assert saved is not None
    assert saved.basket.customer is None


def test_a_sale_keeps_its_customer_and_each_line_its_list_and_promotions(tmp_path: Path) -> None:
    basket = a_basket(replace(a_line("1", 165), price_list_id="trade"), a_line("2", 300))
    basket.apply_promotions({"2": (PromotionSaving("a", "A", 20), PromotionSaving("b", "B", 5))})
    basket.customer = BasketCustomer("ada", "Ada Byron")
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        with ledger.write() as write:
            sale = a_sale(basket, counter=write.next_receipt_counter())
            write.add_sale(sale)
            write.record(a_fact())
            write.commit()
        assert ledger.sale(sale.uuid) == sale


def test_the_open_basket_keeps_its_customer_and_forgets_it_when_told(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        for customer in (BasketCustomer("ada", "Ada Byron"), None):
            with ledger.write() as write:
                write.save_basket(Basket("basket", NOON, customer=customer))
                write.commit()
            saved = ledger.saved_basket()
            assert saved is not None
            assert saved.basket.customer == customer


def test_new_customers_are_kept_until_they_are_forgotten(tmp_path: Path) -> None:
    bo = replace(ADA, customer_id="bo", name="Bo")
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        with ledger.write() as write:
            write.add_new_customer(ADA, "2026-11-24T12:00:00.000000Z")
            write.add_new_customer(bo, "2026-11-24T12:05:00.000000Z")
            write.commit()
        assert ledger.new_customers() == [bo, ADA]
        with ledger.write() as write:
            write.forget_new_customers(["ada", "nobody"])
            write.commit()
        assert ledger.new_customers() == [bo]


def test_the_last_sales_that_are_not_acknowledged_are_what_was_sold_since(tmp_path: Path) -> None:
    item_id = "id of item 1"
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.unsent_sold_milli(item_id) == 0
        for uuid in ("a", "b", "c"):
            sell(ledger, uuid)
        assert ledger.unsent_sold_milli(item_id) == 3000
        first_sale = ledger.unsent_of_kind("sale")[0].seq
        ledger.acknowledge(first_sale)
        assert ledger.unsent_sold_milli(item_id) == 2000
        assert ledger.unsent_sold_milli("another") == 0
        ledger.rewind(first_sale - 1)
        assert ledger.unsent_sold_milli(item_id) == 3000


def test_the_latest_moment_of_a_kind_is_known_though_it_was_sent(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.last_at_of_kind("till_health") is None
        with ledger.write() as write:
            write.record(a_fact("till_health", "2026-11-24T13:00:00.000000Z"))
            write.record(a_fact("till_health", "2026-11-24T14:00:00.000000Z"))
            write.commit()
        ledger.acknowledge(ledger.journal_head().seq)
        assert ledger.last_at_of_kind("till_health") == "2026-11-24T14:00:00.000000Z"
        assert ledger.unsent_of_kind("till_health") == []


def test_a_sound_ledger_says_ok(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.check() == "ok"
