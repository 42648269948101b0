"""Customers at the counter: found, named, and made without the hub."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.services.chain_shop import apply, fill_chain
from tests.services.counter import ShopCounter, open_counter
from till_app.domain.errors import DomainError
from till_app.services.printed_text import printed_text
from till_app.wire.bodies import CustomerAddedBody, Kind, SaleBody


@pytest.fixture
def chain(counter: ShopCounter) -> ShopCounter:
    fill_chain(counter)
    return counter


@pytest.mark.parametrize("typed", ["corner", "caf", "C-7", "01132", "orders@"])
def test_a_customer_is_found_by_name_code_phone_or_e_mail(chain: ShopCounter, typed: str) -> None:
    assert [customer.customer_id for customer in chain.services.customers.search(typed, 10)] == ["cafe"]


def test_a_new_customer_is_of_use_at_once_and_waits_for_the_hub(chain: ShopCounter) -> None:
    customers = chain.services.customers
    ada = customers.add(" Ada   Byron ", phone="07700 900456", email="ada@example.org")
    assert [found.name for found in customers.search("byr", 10)] == ["Ada Byron"]
    assert customers.search("077009004", 10) == [ada]
    customers.attach(ada)
    chain.sell("milk")
    body = msgspec.json.decode(chain.ledger.unsent_of_kind(Kind.SALE)[0].body, type=SaleBody)
    assert body.customer_id == ada.customer_id
    added = msgspec.json.decode(
        chain.ledger.unsent_of_kind(Kind.CUSTOMER_ADDED)[0].body, type=CustomerAddedBody
    )
    assert (added.customer_id, added.name, added.operator_id) == (ada.customer_id, "Ada Byron", "aisha")


def test_the_hubs_record_takes_the_place_of_the_one_made_here(chain: ShopCounter) -> None:
    customers = chain.services.customers
    ada = customers.add("Ada Byron")
    apply(chain, replace(ada, customer_code="C-99", name="Ada Lovelace"))
    assert [found.customer_code for found in customers.search("ada", 10)] == ["C-99"]
    assert chain.ledger.new_customers() == []
    found = customers.find(ada.customer_id)
    assert found is not None
    assert found.name == "Ada Lovelace"


def test_a_new_customer_is_there_after_a_restart(tmp_path: Path) -> None:
    with open_counter(tmp_path) as before:
        before.begin_day()
        before.services.customers.add("Ada Byron", address=("1 Mill Lane", "Leeds"))
    with open_counter(tmp_path) as after:
        found = after.services.customers.search("ada", 10)
        assert [customer.address for customer in found] == [("1 Mill Lane", "Leeds")]


@pytest.mark.parametrize(
    ("name", "email", "code"),
    [
        ("  ", "", "name_missing"),
        ("Ada", "ada", "email_invalid"),
        ("Ada", "ada@home", "email_invalid"),
        ("A" * 101, "", "text_too_long"),
        ("Ada", f"{'a' * 200}@example.org", "text_too_long"),
    ],
)
def test_what_cannot_be_a_customer_is_refused_and_nothing_is_recorded(
    chain: ShopCounter, name: str, email: str, code: str
) -> None:
    with pytest.raises(DomainError, match=code):
        chain.services.customers.add(name, email=email)
    assert chain.ledger.new_customers() == []
    assert chain.ledger.unsent_of_kind(Kind.CUSTOMER_ADDED) == []


def test_the_receipt_names_the_customer(chain: ShopCounter) -> None:
    chain.services.customers.attach(chain.services.customers.search("corner", 1)[0])
    chain.sell("milk")
    text = printed_text(chain.services.receipts.receipt(chain.ledger.latest_sales(1)[0]))
    assert any(line.split() == ["Customer", "Corner", "Café"] for line in text.splitlines())


def test_who_was_named_before_a_first_item_that_never_came_is_forgotten(chain: ShopCounter) -> None:
    customers = chain.services.customers
    customers.attach(customers.search("corner", 1)[0])
    customers.forget_waiting()
    assert chain.services.selling.customer is None


def test_who_buys_an_open_basket_is_not_forgotten(chain: ShopCounter) -> None:
    customers = chain.services.customers
    customers.attach(customers.search("corner", 1)[0])
    chain.services.selling.scan("milk")
    customers.forget_waiting()
    assert customers.current == customers.search("corner", 1)[0]
