"""Who may call the back office: tokens with roles, too many wrong ones, and the audit."""

import pytest
import requests

from tests.hub.building import Client
from tests.hub.test_api import error_of
from till_app.hub.access_tokens import Role
from till_app.hub.attempts import MOST_FAILURES


def token_of(client: Client, name: str, role: str) -> str:
    answer = client.admin("POST", "/tokens", json={"name": name, "role": role})
    assert answer.status_code == 201
    return str(answer.json()["token"])


def call(client: Client, token: str, method: str, path: str, **options: object) -> requests.Response:
    return client.call(method, f"/v1/admin{path}", token, **options)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("viewer", {"look"}),
        ("editor", {"look", "edit"}),
        ("manager", {"look", "edit", "pair"}),
        ("owner", {"look", "edit", "pair", "own"}),
    ],
)
def test_each_role_may_what_the_ones_below_it_may_and_no_more(
    client: Client, role: str, may: set[str]
) -> None:
    token = token_of(client, "Ann", role)
    answers = {
        "look": call(client, token, "GET", "/tills"),
        "edit": call(client, token, "PATCH", "/items/NONE", json={"name": "Tea"}),
        "pair": call(client, token, "POST", "/pairing-codes"),
        "own": call(client, token, "GET", "/tokens"),
    }
    refused = {name for name, answer in answers.items() if answer.status_code == 403}
    assert refused == set(answers) - may
    assert all(error_of(answers[name]) == (403, "forbidden") for name in refused)


def test_a_token_that_was_taken_back_is_worth_nothing(client: Client) -> None:
    answer = client.admin("POST", "/tokens", json={"name": "Website", "role": "viewer"}).json()
    assert call(client, answer["token"], "GET", "/tills").status_code == 200
    taken_back = client.admin("POST", f"/tokens/{answer['record']['token_id']}/revoke")
    assert taken_back.status_code == 204
    assert error_of(call(client, answer["token"], "GET", "/tills")) == (401, "unauthorised")
    again = client.admin("POST", f"/tokens/{answer['record']['token_id']}/revoke")
    assert error_of(again) == (404, "not_found")


def test_the_hub_keeps_and_lists_no_secret(client: Client) -> None:
    token = token_of(client, "Ann", "viewer")
    secret = token.partition(".")[2]
    assert secret not in client.admin("GET", "/tokens").text
    assert secret not in client.admin("GET", "/audit").text


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [("", "viewer", 400), ("owner", "viewer", 400), ("x" * 61, "viewer", 400), ("Ann", "king", 400)],
)
def test_a_token_needs_a_name_and_a_role(client: Client, name: str, role: str, status: int) -> None:
    answer = client.admin("POST", "/tokens", json={"name": name, "role": role})
    assert error_of(answer) == (status, "bad_request")


def test_a_name_stands_for_one_token(client: Client) -> None:
    token_of(client, "Ann", "viewer")
    answer = client.admin("POST", "/tokens", json={"name": "Ann", "role": "editor"})
    assert error_of(answer) == (409, "bad_request")


def test_every_change_names_who_asked_for_it(client: Client) -> None:
    token = token_of(client, "Ann", "manager")
    call(client, token, "POST", "/pairing-codes")
    call(client, token, "GET", "/tills")
    rows = client.admin("GET", "/audit").json()
    assert [(row["who"], row["action"], row["subject"]) for row in rows] == [
        ("Ann", "POST", "/v1/admin/pairing-codes"),
        ("owner", "POST", "/v1/admin/tokens"),
    ]


def test_guessing_tokens_is_stopped_and_right_ones_go_on(client: Client) -> None:
    till = client.pair()
    for _ in range(MOST_FAILURES // 2):
        assert client.call("GET", "/v1/totals", "wrong").status_code == 401
        assert client.call("GET", "/v1/admin/tills", "wrong").status_code == 401
    for path in ("/v1/totals", "/v1/admin/tills"):
        answer = client.call("GET", path, "wrong")
        assert error_of(answer) == (429, "too_many_requests")
        assert int(answer.headers["Retry-After"]) == 60
    assert till.call("GET", "/v1/totals").status_code == 200
    assert client.admin("GET", "/tills").status_code == 200


def test_guessing_pairing_codes_is_stopped(client: Client) -> None:
    def guess(number: int) -> requests.Response:
        body = {"code": f"{number:08d}", "till_name": "Guess"}
        return client.call("POST", "/v1/pair", json=body)

    for number in range(MOST_FAILURES):
        assert error_of(guess(number)) == (403, "pairing_code_wrong")
    assert error_of(guess(MOST_FAILURES)) == (429, "too_many_requests")


def test_roles_are_in_order() -> None:
    assert Role.VIEWER < Role.EDITOR < Role.MANAGER < Role.OWNER
