"""Releases of two ages: a till of protocol 1 at this hub, and this till at a hub of protocol 1."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conftest import ExpectedLogs
from tests.end_to_end.shop import MILK, MINTS
from tests.hub.building import Client, make_line
from tests.scenarios.lane import Lane
from tests.scenarios.oracle import assert_both_sides_are_equal
from tests.scenarios.site import HubSite
from tests.sync.faulty_proxy import FaultyProxy, ProxiedRequest
from till_app.services.status import LinkState

FIELDS_OF_1 = {
    "item": 14, "stock": 4, "department": 4, "vat_rate": 5, "quick_key": 7, "staff": 7, "shop": 9, "gone": 3,
}  # fmt: skip
"""Of the first release's records, the kind included."""
CALLS_OF_1 = ("/v1/pair", "/v1/hello", "/v1/changes", "/v1/journal", "/v1/pictures/", "/v1/totals")
HELLO_OF_1 = ("protocol", "hub_id", "epoch", "server_time", "acked_through", "quarantined")


class OldHub(FaultyProxy):
    """This hub made to look like the first release: its calls, its greeting, its kinds of record."""

    def _forwarded(self, request: ProxiedRequest) -> bytes:
        if not request.path.startswith(CALLS_OF_1):
            return _answer(404, {"code": "not_found", "message": "There is nothing here."})
        status, body = _parts(super()._forwarded(_as_asked_of(request)))
        if status == 200 and request.path == "/v1/hello":
            body = {name: body[name] for name in HELLO_OF_1}
            body["protocol"] = 1
        if status == 200 and request.path == "/v1/changes":
            body["records"] = [
                record[: FIELDS_OF_1[record[0]]] for record in body["records"] if record[0] in FIELDS_OF_1
            ]
        return _answer(status, body)


def _as_asked_of(request: ProxiedRequest) -> ProxiedRequest:
    headers = {name: value for name, value in request.headers.items() if name != "accept-encoding"}
    return ProxiedRequest(request.method, request.target, headers, request.body)


def _parts(answer: bytes) -> tuple[int, dict[str, Any]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def _answer(status: int, body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


@pytest.fixture
def lane_at_old_hub(sqlite_site: HubSite, tmp_path: Path) -> Iterator[Lane]:
    with Lane(tmp_path / "till", sqlite_site) as lane:
        lane.proxy.close()
        lane.proxy = OldHub(sqlite_site.url)
        lane.pair()
        lane.settle()
        lane.begin_day()
        yield lane


def test_this_till_at_a_hub_of_protocol_1_sells_sends_and_reads_by_pages(lane_at_old_hub: Lane) -> None:
    lane = lane_at_old_hub
    lane.sell(MILK, MINTS)
    lane.sell(MILK)
    lane.site.set_price("MILK", 180)
    lane.settle()
    status = lane.cycle.status
    assert (status.state, status.protocol, status.is_live) == (LinkState.ONLINE, 1, False)
    assert_both_sides_are_equal(lane.site, lane)


def test_a_hub_that_is_upgraded_between_two_sales_is_greeted_as_what_it_is_now(
    lane_at_old_hub: Lane, expected_logs: ExpectedLogs
) -> None:
    """What the old hub's records did not say comes with the next check of everything."""
    expected_logs.expect("differed from the hub's")
    lane = lane_at_old_hub
    lane.sell(MILK)
    lane.settle()
    port = lane.proxy
    lane.proxy = FaultyProxy(lane.site.url)
    port.close()
    lane.hang_up()
    lane.till.move_hub(lane.proxy.url)
    lane.sell(MINTS)
    lane.cycle.check_everything()
    lane.settle()
    assert lane.cycle.status.protocol == 2
    assert_both_sides_are_equal(lane.site, lane)


def test_a_till_of_protocol_1_is_served_by_this_hub(site: HubSite) -> None:
    with Client(site.running) as client:
        till = client.pair("An old till")
        greeting = till.hello().json()
        assert greeting["protocol"] == 1
        assert {name: type(greeting[name]) for name in HELLO_OF_1} == {
            "protocol": int,
            "hub_id": str,
            "epoch": str,
            "server_time": str,
            "acked_through": dict,
            "quarantined": int,
        }
        records = till.page()["records"]
        known = [record for record in records if record[0] in FIELDS_OF_1]
        assert {record[0] for record in known} >= {"item", "stock", "department", "vat_rate", "shop", "staff"}
        for record in known:
            assert len(record) >= FIELDS_OF_1[record[0]], record
        milk = next(record for record in known if record[0] == "item" and record[2] == "MILK")
        assert milk[3:14] == [
            "Semi-skimmed milk 2L",
            "",
            milk[5],
            "Z",
            165,
            "each",
            None,
            [MILK],
            0,
            None,
            False,
        ]
        till.sell(make_line(1, 165, item_id=milk[1], vat_rate_bp=0, vat_code="Z"))
        till.write("a_kind_of_tomorrow", msgspec.Raw(b'{"x":1}'))
        till.sell(make_line(1, 165, item_id=milk[1], vat_rate_bp=0, vat_code="Z"))
        assert till.sent() == ["applied", "quarantined unknown_kind", "applied"]
        assert till.sent() == ["duplicate", "duplicate unknown_kind", "duplicate"]
        assert till.totals()["gross_minor"] == 330
