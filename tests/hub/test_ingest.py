"""Each fact is stored once and applied once; nothing bad blocks what comes after it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from tests.hub.building import (
    Client,
    TillClient,
    make_entry,
    make_line,
    make_movement,
    make_sale,
    return_of,
)
from tests.hub.conftest import HubPlace
from till_app.domain.journal import GENESIS_HASH
from till_app.hub.custody.resolution import retry_quarantined
from till_app.hub.server import RunningHub
from till_app.wire.bodies import (
    Kind,
    NoSaleBody,
    OperatorBody,
    OriginBody,
    ReportBody,
    SessionOpenedBody,
    TenderBody,
    ZReportBody,
)


@pytest.fixture
def till(client: Client) -> TillClient:
    return client.pair()


def test_a_sale_is_stored_as_it_came(till: TillClient) -> None:
    till.sell(make_line(1, 240), make_line(2, 100, vat_rate_bp=0, vat_code="Z"))
    assert till.sent() == ["applied"]
    assert till.totals() == {
        "sales": 1,
        "returns": 0,
        "transactions": 1,
        "lines": 2,
        "gross_minor": 340,
        "tax_minor": 40,
        "taxes": [
            {"vat_code": "A", "rate_bp": 2000, "gross_minor": 240, "tax_minor": 40},
            {"vat_code": "Z", "rate_bp": 0, "gross_minor": 100, "tax_minor": 0},
        ],
        "tenders_minor": {"cash": 340},
        "cash_minor": 340,
        "z_reports": 0,
        "entries": 1,
        "quarantined": 0,
        "differences": 0,
    }


def test_the_same_batch_again_changes_nothing(till: TillClient) -> None:
    till.sell(make_line(1, 240))
    till.sell(make_line(1, 120))
    assert till.sent() == ["applied", "applied"]
    before = till.totals()
    assert till.sent() == ["duplicate", "duplicate"]
    till.sell(make_line(1, 60))
    assert till.sent() == ["duplicate", "duplicate", "applied"]
    assert till.totals()["gross_minor"] == before["gross_minor"] + 60


def test_two_threads_with_the_same_batch_make_each_sale_once(till: TillClient, client: Client) -> None:
    for _ in range(40):
        till.sell(make_line(1, 100))
    epoch = till.hello().json()["epoch"]

    def send(_: int) -> list[str]:
        with client.another() as own:
            copy = TillClient(own, till.till_id, till.till_code, till.token, till.entries)
            return [result["state"] for result in copy.send(epoch=epoch).json()["results"]]

    with ThreadPoolExecutor(2) as threads:
        states = list(threads.map(send, range(2)))
    assert sorted(states) == [["applied"] * 40, ["duplicate"] * 40]
    assert till.totals()["gross_minor"] == 4000


def test_a_gap_is_told_with_what_the_hub_has(till: TillClient) -> None:
    for _ in range(3):
        till.sell(make_line(1, 100))
    till.sent(till.entries[:1])
    answer = till.send(till.entries[2:])
    assert (answer.status_code, answer.json()["code"]) == (409, "gap")
    assert answer.json()["acked_through"] == {"seq": 1, "hash": till.entries[0].hash}
    assert till.totals()["entries"] == 1


def test_another_entry_under_a_known_number_is_a_fork_and_both_are_kept(
    till: TillClient, client: Client
) -> None:
    till.sell(make_line(1, 100))
    till.sent()
    other = make_entry(till.till_id, 1, "other", Kind.SALE, b'{"other": 1}', GENESIS_HASH)
    following = make_entry(till.till_id, 2, "next", Kind.SALE, b'{"next": 1}', other.hash)
    for _ in range(2):
        answer = till.send([other, following])
        assert (answer.status_code, answer.json()["code"]) == (409, "fork")
    assert [fork["uuid"] for fork in client.admin("GET", "/forks").json()] == ["next", "other"]
    assert client.admin("GET", "/tills").json()[0]["forked_at"] is not None
    assert till.totals()["gross_minor"] == 100


def test_an_entry_that_does_not_continue_the_chain_is_a_fork(till: TillClient) -> None:
    till.sell(make_line(1, 100))
    till.sent()
    stranger = make_entry(till.till_id, 2, "x", Kind.NO_SALE, b"{}", "f" * 64)
    assert till.send([stranger]).json()["code"] == "fork"
    till.sell(make_line(1, 50))
    assert till.sent(till.entries[1:]) == ["applied"]


def test_a_changed_body_fails_its_hash_and_what_came_before_is_kept(till: TillClient) -> None:
    till.sell(make_line(1, 100))
    till.sell(make_line(1, 100))
    bad = msgspec.structs.replace(till.entries[1], body=till.entries[1].body.replace("Milk", "Silk"))
    answer = till.send([till.entries[0], bad])
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_hash")
    assert answer.json()["acked_through"]["seq"] == 1
    assert till.totals()["entries"] == 1


def test_an_entry_of_another_till_fails_its_hash(till: TillClient, client: Client) -> None:
    other = client.pair()
    other.sell(make_line(1, 100))
    assert till.send(other.entries).json()["code"] == "bad_hash"


@pytest.mark.parametrize(
    ("seqs", "status"), [([2, 1], 400), ([1, 1], 400), ([1, 3], 400), ([0, 1], 400), ([2, 3], 409)]
)
def test_a_batch_must_be_gapless(till: TillClient, seqs: list[int], status: int) -> None:
    entries = [make_entry(till.till_id, seq, f"u{seq}", Kind.NO_SALE, b"{}", GENESIS_HASH) for seq in seqs]
    assert till.send(entries).status_code == status


def test_a_batch_has_at_most_500_entries(till: TillClient) -> None:
    for number in range(501):
        till.write(Kind.SIGNED_ON, OperatorBody(f"staff-{number}"))
    assert till.send().json()["code"] == "too_large"
    assert till.sent(till.entries[:500]) == ["applied"] * 500


def test_the_journal_of_another_epoch_is_refused(till: TillClient) -> None:
    till.sell(make_line(1, 100))
    answer = till.send(epoch="old")
    assert (answer.status_code, answer.json()["code"]) == (410, "epoch_changed")


def _poison(till: TillClient, case: str) -> str:
    """Append an entry that cannot be applied; the code it should get."""
    line = make_line(1, 100)
    match case:
        case "unknown kind":
            till.write("teleport", {"x": 1})
            return "unknown_kind"
        case "newer version":
            till.write(Kind.SALE, make_sale(till.till_code, 1, [line]), version=99)
            return "newer_version"
        case "no JSON":
            till.write(Kind.SALE, b"not json")
        case "text for a number":
            till.write(
                Kind.SALE, msgspec.to_builtins(make_sale(till.till_code, 1, [line])) | {"counter": "1"}
            )
        case "number beyond 64 bits":
            till.sell(make_line(1, 2**70))
        case "amount beyond all sense":
            till.sell(make_line(1, 10**13))
        case "no lines":
            till.sell()
        case "deep nesting":
            till.write(Kind.SALE, b"[" * 50_000)
        case "lines do not sum to the total":
            till.sell(line, total_minor=101)
            return "sums_differ"
        case "tenders do not settle the total":
            till.sell(line, tenders=[TenderBody("t", "cash", 99, 99, 0)])
            return "sums_differ"
        case "net and tax do not sum to gross":
            till.sell(msgspec.structs.replace(line, net_minor=1))
            return "sums_differ"
        case "change does not fit":
            till.sell(line, tenders=[TenderBody("t", "cash", 100, 200, 50)])
            return "sums_differ"
    return "malformed_body"


@pytest.mark.parametrize(
    "case",
    [
        "unknown kind",
        "newer version",
        "no JSON",
        "text for a number",
        "number beyond 64 bits",
        "amount beyond all sense",
        "no lines",
        "deep nesting",
        "lines do not sum to the total",
        "tenders do not settle the total",
        "net and tax do not sum to gross",
        "change does not fit",
    ],
)
def test_poison_is_kept_with_a_code_and_blocks_nothing(till: TillClient, client: Client, case: str) -> None:
    code = _poison(till, case)
    till.sell(make_line(1, 240), uuid="good")
    assert till.sent() == [f"quarantined {code}", "applied"]
    assert till.sent() == [f"duplicate {code}", "duplicate"]
    totals = till.totals()
    assert (totals["transactions"], totals["gross_minor"], totals["cash_minor"]) == (1, 240, 240)
    assert (totals["entries"], totals["quarantined"]) == (2, 1)
    assert till.hello().json()["quarantined"] == 1
    [listed] = client.admin("GET", "/quarantine").json()
    assert (listed["seq"], listed["code"]) == (1, code)
    kept = client.admin("GET", f"/quarantine/{till.till_id}/1").json()
    assert (kept["code"], kept["body"]) == (code, till.entries[0].body)


def test_a_sale_that_fails_half_way_leaves_nothing(till: TillClient, client: Client) -> None:
    client.stock_shop("item_code,name,department,vat_code,price,stock\nMILK,Milk,GR,Z,1.00,10\n")
    item_id = client.item("MILK")["item_id"]
    till.sell(make_line(1, 100, item_id=item_id))
    sale = make_sale(till.till_code, 2, [make_line(1, 100, item_id=item_id)])
    stolen = [make_movement("movement-sale-1-1", 100, sale.uuid)]
    till.write(Kind.SALE, msgspec.structs.replace(sale, movements=stolen))
    assert till.sent() == ["applied", "quarantined duplicate_uuid"]
    assert (till.totals()["lines"], till.totals()["cash_minor"]) == (1, 100)
    assert client.item("MILK")["stock_milli"] == 9000


def test_one_uuid_is_one_fact_whatever_till_sends_it(till: TillClient, client: Client) -> None:
    sale = make_sale(till.till_code, 1, [make_line(1, 100)])
    till.write(Kind.SALE, sale, uuid="fact-1")
    till.sent()
    successor = client.pair()
    successor.write(Kind.SALE, sale, uuid="fact-1")
    successor.write(Kind.SALE, sale, uuid="fact-2")
    assert successor.sent() == ["quarantined duplicate_uuid"] * 2
    assert successor.totals()["gross_minor"] == 0


def test_tax_that_the_hub_computes_differently_is_flagged_not_changed(till: TillClient) -> None:
    till.sell(make_line(1, 120, tax_minor=21))
    assert till.sent() == ["applied"]
    assert (till.totals()["tax_minor"], till.totals()["differences"]) == (21, 1)


def test_a_receipt_number_used_twice_is_flagged(till: TillClient) -> None:
    till.sell(make_line(1, 120))
    till.counter = 0
    till.sell(make_line(1, 120), uuid="second")
    assert till.sent() == ["applied", "applied"]
    assert till.totals()["differences"] == 1


def test_goods_come_back_once_whatever_till_takes_them(till: TillClient, client: Client) -> None:
    other = client.pair()
    sale = till.sell(make_line(1, 300, quantity_milli=3000))
    till.sent()
    other.sell(return_of(sale, -200, quantity_milli=-2000))
    assert other.sent() == ["applied"]
    till.sell(return_of(sale, -200, quantity_milli=-2000), uuid="too-many")
    till.sell(return_of(sale, -101), uuid="too-dear")
    till.sell(return_of(sale, -100), uuid="the-last")
    till.sell(return_of(sale, -100), uuid="one-more")
    assert till.sent()[1:] == [
        "quarantined over_returned",
        "quarantined over_returned",
        "applied",
        "quarantined over_returned",
    ]
    assert (till.totals()["sales"], till.totals()["returns"], till.totals()["gross_minor"]) == (1, 1, 200)


def test_two_lines_of_one_return_count_together(till: TillClient) -> None:
    sale = till.sell(make_line(1, 100))
    line = return_of(sale, -60)
    till.sell(line, msgspec.structs.replace(line, line_number=2), uuid="both")
    assert till.sent() == ["applied", "quarantined over_returned"]


def test_a_return_against_a_sale_that_has_not_arrived_is_applied_and_flagged(till: TillClient) -> None:
    till.sell(make_line(1, -100, quantity_milli=-1000, origin=OriginBody("unknown", "9-000001", 1)))
    assert till.sent() == ["applied"]
    assert till.totals()["differences"] == 1


def test_an_exchange_is_a_sale_and_a_return(till: TillClient) -> None:
    till.sell(make_line(1, 300), make_line(2, -100, quantity_milli=-1000))
    till.sent()
    totals = till.totals()
    assert (totals["transactions"], totals["sales"], totals["returns"]) == (1, 1, 1)


def test_stock_moves_by_what_was_sold_and_reaches_the_feed(till: TillClient, client: Client) -> None:
    client.stock_shop("item_code,name,department,vat_code,price,stock\nMILK,Milk,GR,Z,1.00,10\n")
    item_id = client.item("MILK")["item_id"]
    cursor = till.page()["next_cursor"]
    till.sell(make_line(1, 300, quantity_milli=3000, item_id=item_id))
    till.sell(make_line(1, -100, quantity_milli=-1000, item_id=item_id))
    till.sell(make_line(1, 100, item_id="not at the hub"))
    assert till.sent() == ["applied"] * 3
    assert [record[:3] for record in till.page(cursor)["records"]] == [["stock", item_id, 8000]]
    assert client.item("MILK")["stock_milli"] == 8000


def _report(session_id: str) -> ReportBody:
    return ReportBody(
        session_id, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, [], [], {"float": 5000}, 5000, None, None, "staff-1"
    )


def test_sessions_cash_and_z_reports_are_counted(till: TillClient) -> None:
    opening = msgspec.structs.replace(make_movement("float-1", 5000), kind="float")
    till.write(Kind.SESSION_OPENED, SessionOpenedBody("session-1", 1, "staff-1", 5000, opening))
    till.write(Kind.DRAWER_MOVEMENT, make_movement("paid-out-1", -700))
    till.write(Kind.NO_SALE, NoSaleBody("staff-1", "change"))
    till.write(Kind.X_REPORT, _report("session-1"))
    z_report = ZReportBody(
        1,
        _report("session-1"),
        "2026-11-24T18:00:00.000000Z",
        "staff-1",
        {"1000": 4},
        4300,
        0,
        0,
        1,
        4,
        "0",
        0,
    )
    till.write(Kind.Z_REPORT, z_report)
    till.write(Kind.Z_REPORT, z_report)
    assert till.sent() == ["applied"] * 5 + ["quarantined duplicate_uuid"]
    assert (till.totals()["cash_minor"], till.totals()["z_reports"]) == (4300, 1)


def test_what_an_older_release_could_not_read_is_applied_after_the_upgrade(
    till: TillClient, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.write(Kind.SALE, make_sale(till.till_code, 1, [make_line(1, 100)]), version=2)
    assert till.sent() == ["quarantined newer_version"]
    monkeypatch.setattr("till_app.hub.custody.effects.BODY_VERSION", 2)
    assert retry_quarantined(client.hub.database, client.hub.clock()) == 1
    totals = till.totals()
    assert (totals["gross_minor"], totals["quarantined"], till.hello().json()["quarantined"]) == (100, 0, 0)


def test_what_was_acknowledged_is_there_after_a_restart(place: HubPlace) -> None:
    with RunningHub(place.database, data=place.data) as hub, Client(hub) as client:
        till = client.pair()
        till.sell(make_line(1, 100))
        till.sent()
        before: dict[str, Any] = till.totals()
        hub.restart()
        assert till.totals() == before
        assert till.sent() == ["duplicate"]
