"""Two machines with one identity: both histories are kept, the person is told, a new chain takes over."""

import pytest

from tests.hub.building import Client, TillClient, make_line
from till_app.wire.bodies import ChainBegunBody, Kind


@pytest.fixture
def till(client: Client) -> TillClient:
    return client.pair()


def clone_of(till: TillClient) -> TillClient:
    """A second machine with the same disk."""
    return TillClient(till.client, till.till_id, till.till_code, till.token, list(till.entries), till.counter)


def forked(till: TillClient) -> TillClient:
    """A clone whose two sales contradict the till's third; all was sent."""
    for _ in range(2):
        till.sell(make_line(1, 100))
    clone = clone_of(till)
    till.sell(make_line(1, 30))
    till.sent()
    first = clone.write(Kind.SALE, _sale(clone, 7, "clone-1"), uuid="fact-1")
    second = clone.write(Kind.SALE, _sale(clone, 8, "clone-2"), uuid="fact-2")
    assert clone.send([first, second]).json()["code"] == "fork"
    return clone


def _sale(till: TillClient, total_minor: int, uuid: str) -> object:
    body = till.sell(make_line(1, total_minor), uuid=uuid)
    till.entries.pop()
    return body


def test_a_cloned_till_is_told_and_both_histories_are_kept(till: TillClient, client: Client) -> None:
    forked(till)
    assert till.hello().json()["forked"]
    assert [fork["uuid"] for fork in client.admin("GET", "/forks").json()] == ["fact-2", "fact-1"]
    assert till.totals()["gross_minor"] == 230
    till.sell(make_line(1, 5))
    assert till.sent(till.entries[3:]) == ["applied"]


def test_a_new_chain_takes_over_what_the_fork_holds(till: TillClient, client: Client) -> None:
    clone = forked(till)
    successor = client.pair()
    assert successor.till_code != till.till_code
    known = successor.call("POST", "/v1/known", json={"uuids": [entry.uuid for entry in clone.entries]})
    assert known.json()["known"] == [entry.uuid for entry in clone.entries[:2]]
    successor.write(Kind.CHAIN_BEGUN, ChainBegunBody(till.till_id, 4, clone.entries[3].hash, "forked", 2, 0))
    for entry in clone.entries[2:]:
        successor.write(entry.kind, entry.body.encode(), uuid=entry.uuid)
    assert successor.sent() == ["applied"] * 3
    assert {fork["adopted_by_till_id"] for fork in client.admin("GET", "/forks").json()} == {
        successor.till_id
    }
    assert (successor.totals()["gross_minor"], successor.totals()["differences"]) == (15, 0)
    old, new = client.admin("GET", "/tills").json()
    assert (old["forked_at"] is not None, new["continues_till_id"]) == (True, till.till_id)
    assert not successor.hello().json()["forked"]
    assert clone.send(clone.entries[2:]).json()["code"] == "fork"
    assert len(client.admin("GET", "/forks").json()) == 2


def test_a_revoked_till_is_told_that_its_sales_are_safe(till: TillClient, client: Client) -> None:
    client.admin("POST", f"/tills/{till.till_id}/revoke")
    answer = till.call("GET", "/v1/totals")
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")
    assert "unsent sales are safe" in answer.json()["message"]
    stranger = client.call("GET", "/v1/totals", f"{till.till_id}.guess")
    assert (stranger.status_code, stranger.json()["code"]) == (401, "unauthorised")
