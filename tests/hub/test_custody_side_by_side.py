"""Tills that send at the same moment: no fact twice, nothing back twice, no code twice, no deadlock."""

from concurrent.futures import ThreadPoolExecutor

from tests.hub.building import Client, TillClient, make_line, make_movement, make_sale, return_of
from till_app.hub.tables import customer, stock
from till_app.wire.bodies import CustomerAddedBody, Kind

TILLS = 6


def send_together(client: Client, tills: list[TillClient]) -> list[list[str]]:
    """What became of the entries, till by till."""
    epoch = tills[0].hello().json()["epoch"]

    def send(till: TillClient) -> list[str]:
        with client.another() as own:
            copy = TillClient(own, till.till_id, till.till_code, till.token, till.entries)
            answer = copy.send(epoch=epoch)
            assert answer.status_code == 200, answer.text
            return [f"{result['state']} {result['code']}".strip() for result in answer.json()["results"]]

    with ThreadPoolExecutor(len(tills)) as threads:
        return list(threads.map(send, tills))


def test_goods_come_back_at_one_of_the_tills_that_take_them_at_once(client: Client) -> None:
    seller = client.pair()
    sales = [seller.sell(make_line(1, 100)) for _ in range(8)]
    seller.sent()
    tills = [client.pair() for _ in range(TILLS)]
    for index, till in enumerate(tills):
        for number, sale in enumerate(sales if index % 2 else reversed(sales)):
            till.sell(return_of(sale, -100), uuid=f"return-{till.till_code}-{number}")
    answers = send_together(client, tills)
    assert sum(states.count("applied") for states in answers) == len(sales)
    assert sum(till.totals()["gross_minor"] for till in tills) == -800


def test_one_fact_from_many_tills_counts_once(client: Client) -> None:
    tills = [client.pair() for _ in range(TILLS)]
    for index, till in enumerate(tills):
        for number in range(8) if index % 2 else reversed(range(8)):
            uuid = f"fact-{number}"
            sale = make_sale("9", number + 1, [make_line(1, 100)], uuid=uuid)
            till.write(Kind.SALE, sale, uuid=uuid)
    send_together(client, tills)
    assert sum(till.totals()["transactions"] for till in tills) == 8
    assert sum(till.totals()["quarantined"] for till in tills) == 8 * (TILLS - 1)


def test_customers_made_at_once_have_codes_of_their_own(client: Client) -> None:
    tills = [client.pair() for _ in range(TILLS)]
    for till in tills:
        for number in range(3):
            body = CustomerAddedBody(f"c-{till.till_code}-{number}", "Ada", "", "", [], "", "1")
            till.write(Kind.CUSTOMER_ADDED, body)
    assert send_together(client, tills) == [["applied"] * 3] * TILLS
    with client.hub.database.reading() as connection:
        codes = sorted(row.customer_code for row in connection.execute(customer.select()))
    assert codes == [f"C{number:06d}" for number in range(1, 3 * TILLS + 1)]


def test_stock_is_the_sum_of_what_all_tills_sold_in_whatever_order_they_name_the_items(
    client: Client,
) -> None:
    rows = "".join(f"I{number},Milk,GR,Z,1.00,\n" for number in range(12))
    client.stock_shop(f"item_code,name,department,vat_code,price,stock\n{rows}")
    item_ids = [client.item(f"I{number}")["item_id"] for number in range(12)]
    tills = [client.pair() for _ in range(TILLS)]
    for index, till in enumerate(tills):
        named = item_ids if index % 2 else item_ids[::-1]
        for _ in range(3):
            till.sell(*(make_line(number, 1, item_id=item_id) for number, item_id in enumerate(named, 1)))
        till.write(Kind.DRAWER_MOVEMENT, make_movement(f"paid-{till.till_code}", 100))
    assert send_together(client, tills) == [["applied"] * 4] * TILLS
    with client.hub.database.reading() as connection:
        levels = [row.quantity_milli for row in connection.execute(stock.select())]
    assert levels == [-3000 * TILLS] * 12
