"""Pairing, tokens, greeting, revoking."""

from datetime import UTC, datetime, timedelta

from tests.hub.building import AT, Client
from till_app.domain.journal import GENESIS_HASH
from till_app.hub.tills import new_pairing_code, pair
from till_app.wire.exchange import PairRequest
from till_app.wire.protocol import PROTOCOL_VERSION


def test_a_code_pairs_one_till_once(client: Client) -> None:
    code = client.admin("POST", "/pairing-codes").json()["code"]
    first = client.call("POST", "/v1/pair", json={"code": code, "till_name": " Front  till "})
    second = client.call("POST", "/v1/pair", json={"code": code, "till_name": "Other"})
    assert len(code) == 8
    assert (first.status_code, first.json()["till_code"], first.json()["till_name"]) == (
        200,
        "1",
        "Front till",
    )
    assert (second.status_code, second.json()["code"]) == (403, "pairing_code_wrong")


def test_till_codes_count_up_and_tokens_differ(client: Client) -> None:
    first, second = client.pair(), client.pair()
    assert (first.till_code, second.till_code) == ("1", "2")
    assert first.token != second.token


def test_five_wrong_codes_kill_the_open_one(client: Client) -> None:
    code = client.admin("POST", "/pairing-codes").json()["code"]
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    for _ in range(5):
        assert client.call("POST", "/v1/pair", json={"code": wrong, "till_name": "x"}).status_code == 403
    assert client.call("POST", "/v1/pair", json={"code": code, "till_name": "x"}).status_code == 403


def test_a_code_lives_ten_minutes(client: Client) -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    with client.hub.database.writing() as connection:
        code, _ = new_pairing_code(connection, now)
        late = pair(connection, PairRequest(code, "x"), now + timedelta(minutes=10, seconds=1))
        in_time = pair(connection, PairRequest(code, "x"), now + timedelta(minutes=10))
    assert late is None
    assert in_time is not None


def test_a_till_is_known_by_its_whole_token(client: Client) -> None:
    till = client.pair()
    for token in ("", "nonsense", till.till_id, f"{till.till_id}.wrong", till.token[:-1]):
        answer = client.call("GET", "/v1/totals", token)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
    assert client.call("GET", "/v1/totals", till.token).status_code == 200


def test_a_revoked_till_is_refused_and_its_sales_stay(client: Client) -> None:
    till = client.pair()
    assert till.sent() == []
    assert client.admin("POST", f"/tills/{till.till_id}/revoke").status_code == 204
    assert till.hello().status_code == 401
    assert client.admin("GET", "/tills").json()[0]["revoked_at"] is not None
    assert client.admin("POST", "/tills/none/revoke").status_code == 404


def test_hello_tells_how_far_the_journal_is(client: Client) -> None:
    till = client.pair()
    answer = till.hello(seq=7).json()
    assert answer["protocol"] == 1
    assert answer["acked_through"] == {"seq": 0, "hash": GENESIS_HASH}
    listed = client.admin("GET", "/tills").json()[0]
    assert (listed["unsent"], listed["app_version"]) == (7, "0.1.0")


def test_no_common_protocol_is_426(client: Client) -> None:
    till = client.pair()
    request = {
        "oldest_protocol": PROTOCOL_VERSION + 1,
        "newest_protocol": PROTOCOL_VERSION + 2,
        "app_version": "9",
        "journal_head": {"seq": 0, "hash": GENESIS_HASH},
        "till_time": AT,
    }
    answer = till.call("POST", "/v1/hello", json=request)
    assert (answer.status_code, answer.json()["code"]) == (426, "protocol_too_old")
    bad_time = till.call("POST", "/v1/hello", json=request | {"oldest_protocol": 1, "till_time": "noon"})
    assert (bad_time.status_code, bad_time.json()["code"]) == (400, "bad_request")


def test_the_back_office_needs_the_admin_token(client: Client) -> None:
    till = client.pair()
    for token in ("", "wrong", till.token):
        assert client.call("POST", "/v1/admin/pairing-codes", token).status_code == 401
        assert client.call("GET", "/v1/admin/tills", token).status_code == 401
