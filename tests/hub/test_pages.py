"""The hub's pages: who sees them, what they show, and what their buttons do."""

import pytest
import requests

from tests.hub.building import Client, TillClient, make_line, return_of
from till_app.hub.access_tokens import Role


def press(
    client: Client, path: str, *, password: str | None = None, origin: str | None = None, **form: str
) -> requests.Response:
    """A form sent by a browser; from the hub's own page unless told."""
    return client.call(
        "POST",
        path,
        data=form,
        headers={"Origin": client.url if origin is None else origin},
        auth=("anybody", client.admin_token if password is None else password),
        allow_redirects=False,
    )


@pytest.fixture
def till(client: Client) -> TillClient:
    """One whose second return waits: more came back than was sold."""
    till = client.pair("Front <1>")
    sold = till.sell(make_line(1, 100))
    till.sell(return_of(sold, -100))
    till.sell(return_of(sold, -100))
    till.sent()
    return till


def test_the_front_page_shows_every_till_and_its_alarms(client: Client, till: TillClient) -> None:
    html = client.call("GET", "/").text
    assert f'<a href="/tills/{till.till_id}">{till.till_code}</a>' in html
    assert "Front &lt;1&gt;" in html
    assert '<span class="bad">1</span>' in html


def test_a_tills_page_says_what_waits_and_compares_its_sessions(client: Client, till: TillClient) -> None:
    html = client.call("GET", f"/tills/{till.till_id}").text
    assert "Entries that wait for a person" in html
    assert "Accept as it is" in html
    missing = client.call("GET", "/tills/none")
    assert missing.status_code == 404
    assert "There is no such till." in missing.text


def test_a_waiting_entry_is_settled_by_a_button(client: Client, till: TillClient) -> None:
    pressed = press(client, f"/quarantine/{till.till_id}/3", action="accept", note="Shown the goods")
    assert (pressed.status_code, pressed.headers["Location"]) == (303, "/quarantine")
    assert "No entry waits for a person." in client.call("GET", "/quarantine").text
    assert till.totals()["quarantined"] == 0
    [entry] = client.admin("GET", "/quarantine", params={"resolved": "true"}).json()
    assert (entry["resolution"], entry["resolved_by"]) == ("accepted", "owner")


def test_a_button_wants_a_reason(client: Client, till: TillClient) -> None:
    pressed = press(client, f"/quarantine/{till.till_id}/3", action="set_aside", note="")
    assert pressed.status_code == 400
    assert "Say in note why" in pressed.text


def test_a_button_wants_a_manager_and_the_hubs_own_page(client: Client, till: TillClient) -> None:
    path = f"/quarantine/{till.till_id}/3"
    viewer = client.admin("POST", "/tokens", json={"name": "Ann", "role": Role.VIEWER.name.lower()}).json()
    answers = [
        press(client, path, password="wrong", action="accept", note="x"),
        press(client, path, password=viewer["token"], action="accept", note="x"),
        press(client, path, origin="http://elsewhere.example", action="accept", note="x"),
        client.call("POST", path, data={"action": "accept", "note": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [401, 403, 403, 401]
    assert till.totals()["quarantined"] == 1


def test_a_page_makes_a_pairing_code_that_works(client: Client) -> None:
    html = press(client, "/pairing-codes").text
    code = html.partition("code=")[2][:8]
    answer = client.call("POST", "/v1/pair", json={"code": code, "till_name": "Back"})
    assert answer.status_code == 200


def test_pages_run_no_script_and_stand_in_no_frame(client: Client) -> None:
    headers = client.call("GET", "/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
