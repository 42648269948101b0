"""The hub over HTTP: what counts as an answer, and what each failure is called."""

import gzip
import logging
import socket
import threading
import traceback
from pathlib import Path

import msgspec
import pytest

from tests.sync.canned_server import CannedServer, answer
from tests.sync.memory import item_record
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.hub_client import HttpHubApi, HttpLimits
from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import (
    Entry,
    HelloAnswer,
    HelloRequest,
    JournalHead,
    JournalRequest,
    PairAnswer,
    PairRequest,
)

CERTIFICATE = Path(__file__).with_name("loopback.pem")
"""Key and certificate of 127.0.0.1, made for these tests and trusted by nothing else."""
TOKEN = "s3cret-t0ken"
HELLO = HelloRequest(1, 1, "1", JournalHead(0, "0" * 64), "2026-11-24T12:00:00.000000Z")
HELLO_ANSWER = HelloAnswer(1, "hub", "e", "2026-11-24T12:00:00.000000Z", JournalHead(0, "0" * 64), 0)
GOOD = answer(200, msgspec.json.encode(HELLO_ANSWER))


def hello(*answers: bytes | None, limits: HttpLimits | None = None) -> HelloAnswer:
    """The outcome of a greeting that the server answers so."""
    with CannedServer(*answers) as server:
        hub = HttpHubApi(server.url, TOKEN, limits=limits)
        try:
            return hub.hello(HELLO)
        finally:
            hub.close()


def unreachable(*answers: bytes | None, limits: HttpLimits | None = None) -> HubUnreachable:
    with pytest.raises(HubUnreachable) as caught:
        hello(*answers, limits=limits)
    return caught.value


def test_a_right_answer_is_read() -> None:
    assert hello(GOOD) == HELLO_ANSWER


def test_a_packed_answer_is_read() -> None:
    packed = gzip.compress(msgspec.json.encode(HELLO_ANSWER))
    assert hello(answer(200, packed, "Content-Encoding: gzip")) == HELLO_ANSWER


@pytest.mark.parametrize(
    ("canned", "code"),
    [
        (answer(200, b"<html>Sign in</html>", content_type="text/html"), "not_a_hub"),
        (answer(200, b"<html>Sign in</html>"), "not_a_hub"),
        (answer(200, b'{"protocol":"one"}'), "not_a_hub"),
        (answer(200, b"{}"), "not_a_hub"),
        (answer(200, b""), "not_a_hub"),
        (answer(200, msgspec.json.encode(HELLO_ANSWER), content_type="text/plain"), "not_a_hub"),
        (answer(204, b""), "not_a_hub"),
        (answer(302, b"", "Location: http://127.0.0.1:1/"), "not_a_hub"),
        (answer(403, b"<html>Proxy</html>", content_type="text/html"), "not_a_hub"),
        (answer(500, b"oops", content_type="text/plain"), "hub_failed"),
        (answer(503, b'{"code":"busy","message":"later"}'), "busy"),
        (answer(429, b'{"code":"busy","message":"later"}'), "busy"),
        (GOOD[:-5] + b"", "cut_answer"),
        (b"", "no_connection"),
        (answer(200, b"\x1f\x8bnonsense", "Content-Encoding: gzip"), "cut_answer"),
    ],
)
def test_anything_else_leaves_it_unknown(canned: bytes, code: str) -> None:
    if canned == GOOD[:-5]:
        canned = canned.replace(b"Content-Length", b"Connection: close\r\nContent-Length")
    assert unreachable(canned).code == code


def test_a_refusal_is_one_only_with_the_hubs_own_words() -> None:
    canned = answer(409, b'{"code":"gap","message":"missing","acked_through":{"seq":7,"hash":"ab"},"more":1}')
    with pytest.raises(HubRefused) as caught:
        hello(canned)
    assert (caught.value.code, caught.value.acked_seq) == ("gap", 7)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 7", 7.0),
        ("Retry-After: 999999", 3600.0),
        ("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
        ("Retry-After: soon", None),
        ("X-Other: 1", None),
    ],
)
def test_the_time_to_wait_is_taken_over(header: str, seconds: float | None) -> None:
    assert unreachable(answer(503, b"{}", header)).retry_after_s == seconds


def test_an_answer_may_not_be_endless() -> None:
    limits = HttpLimits(most_answer_bytes=1_000)
    assert unreachable(answer(200, b" " * 1_001), limits=limits).code == "answer_too_large"
    bomb = gzip.compress(b" " * 1_000_000)
    canned = answer(200, bomb, "Content-Encoding: gzip")
    assert unreachable(canned, limits=limits).code == "answer_too_large"


def test_a_hub_that_does_not_answer_is_given_up() -> None:
    assert unreachable(None, limits=HttpLimits(read_timeout_s=0.05)).code == "timeout"


def test_a_hub_that_stops_in_the_middle_of_an_answer_is_given_up() -> None:
    short = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    # The connection stays open: the server waits for the next request.
    assert unreachable(short, limits=HttpLimits(read_timeout_s=0.05)).code == "timeout"


def test_a_port_where_nobody_listens_is_no_connection() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        hub = HttpHubApi(f"http://127.0.0.1:{taken.getsockname()[1]}", TOKEN)
        with pytest.raises(HubUnreachable) as caught:
            hub.hello(HELLO)
        hub.close()
    assert caught.value.code == "no_connection"


def test_a_name_that_does_not_exist_is_no_connection() -> None:
    hub = HttpHubApi("https://hub.invalid", TOKEN)
    with pytest.raises(HubUnreachable) as caught:
        hub.hello(HELLO)
    hub.close()
    assert caught.value.code == "no_connection"


def test_a_plain_server_where_tls_is_expected_is_a_failure_of_tls() -> None:
    with CannedServer(GOOD) as server:
        hub = HttpHubApi(server.url.replace("http:", "https:"), TOKEN)
        with pytest.raises(HubUnreachable) as caught:
            hub.hello(HELLO)
        hub.close()
        assert server.received == []
    assert caught.value.code == "tls_failed"


def test_a_hub_with_the_shops_own_certificate_is_trusted_when_its_authority_was_named() -> None:
    with CannedServer(GOOD, certificate=CERTIFICATE) as server:
        hub = HttpHubApi(server.url, TOKEN, ca_file=str(CERTIFICATE))
        assert hub.hello(HELLO) == HELLO_ANSWER
        hub.close()


def test_a_certificate_that_nobody_vouches_for_is_a_failure_of_tls() -> None:
    with CannedServer(GOOD, certificate=CERTIFICATE) as server:
        hub = HttpHubApi(server.url, TOKEN)
        with pytest.raises(HubUnreachable) as caught:
            hub.hello(HELLO)
        hub.close()
        assert server.received == []
    assert caught.value.code == "tls_failed"


@pytest.mark.parametrize("certificate", [None, CERTIFICATE], ids=["http", "https"])
def test_closing_breaks_off_a_request_under_way(certificate: Path | None) -> None:
    outcome: list[HubUnreachable] = []
    with CannedServer(None, certificate=certificate) as server:
        hub = HttpHubApi(server.url, TOKEN, ca_file=str(certificate) if certificate else None)

        def ask() -> None:
            with pytest.raises(HubUnreachable) as caught:
                hub.hello(HELLO)
            outcome.append(caught.value)

        asking = threading.Thread(target=ask)
        asking.start()
        assert server.is_holding.wait(10)
        hub.close()
        asking.join(1.0)
        assert not asking.is_alive()
    assert outcome[0].code == "stopped"


def test_closing_breaks_off_a_connect_under_way() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        fillers = []
        for _ in range(4):  # until the queue of connections is full and the next one hangs
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(address)
            fillers.append(filler)
        hub = HttpHubApi(f"http://127.0.0.1:{address[1]}", TOKEN)
        codes: list[str] = []
        began = threading.Event()

        def ask() -> None:
            began.set()
            with pytest.raises(HubUnreachable) as caught:
                hub.hello(HELLO)
            codes.append(caught.value.code)

        asking = threading.Thread(target=ask)
        asking.start()
        began.wait()
        hub.close()
        asking.join(1.0)
        assert not asking.is_alive()
        for filler in fillers:
            filler.close()
    assert codes == ["stopped"]


def test_a_closed_client_asks_nothing_more() -> None:
    with CannedServer(GOOD) as server:
        hub = HttpHubApi(server.url, TOKEN)
        hub.close()
        with pytest.raises(HubUnreachable, match="stopped"):
            hub.hello(HELLO)
        assert server.received == []


def test_the_token_is_sent_and_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), CannedServer(GOOD, answer(500, b"", "Connection: close")) as server:
        hub = HttpHubApi(server.url, TOKEN)
        hub.hello(HELLO)
        with pytest.raises(HubUnreachable) as caught:
            hub.hello(HELLO)
        shown = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(hub)
        hub.close()
    assert server.received[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in shown


@pytest.mark.parametrize("token", ["with a\nline feed", "snow☃man", "two words"])
def test_a_damaged_token_is_refused_without_being_named(token: str) -> None:
    with pytest.raises(ValueError, match="damaged") as caught:
        HttpHubApi("http://127.0.0.1:1", token)
    assert token not in str(caught.value)


@pytest.mark.parametrize("url", ["", "hub", "ftp://hub", "http://", "http://user:word@hub"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an http or https URL"):
        HttpHubApi(url, TOKEN)


def test_settings_of_the_environment_do_not_lead_the_token_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert hello(GOOD) == HELLO_ANSWER


def test_a_large_journal_travels_packed() -> None:
    entry = Entry(1, "u", "sale", 1, "t", "d", str(list(range(2_000))), "0" * 64, "a" * 64)
    canned = answer(200, b'{"acked_through":{"seq":1,"hash":"a"},"results":[],"quarantined":0}')
    with CannedServer(canned, canned) as server:
        hub = HttpHubApi(server.url, TOKEN)
        hub.send_journal(JournalRequest("e", [entry]))
        hub.send_journal(JournalRequest("e", [msgspec.structs.replace(entry, body="small")]))
        hub.close()
        large, small = server.received
    assert large.headers["content-encoding"] == "gzip"
    assert int(large.headers["content-length"]) < 6_000
    assert msgspec.json.decode(large.body, type=JournalRequest).entries == [entry]
    assert "content-encoding" not in small.headers


def test_a_journal_that_would_grow_like_a_bomb_travels_as_it_is() -> None:
    entry = Entry(1, "u", "sale", 1, "t", "d", "x" * 1_000_000, "0" * 64, "a" * 64)
    with CannedServer(
        answer(200, b'{"acked_through":{"seq":1,"hash":"a"},"results":[],"quarantined":0}')
    ) as server:
        hub = HttpHubApi(server.url, TOKEN)
        hub.send_journal(JournalRequest("e", [entry]))
        hub.close()
        assert "content-encoding" not in server.received[0].headers


def test_a_page_of_changes_is_asked_for_and_read() -> None:
    page = ChangesPage("e", [item_record("i1")], "next one", False)
    with CannedServer(answer(200, msgspec.json.encode(page)), answer(200, b"[]")) as server:
        hub = HttpHubApi(server.url + "/", TOKEN)
        assert hub.changes("a b", 200) == page
        assert server.received[0].target == "/v1/changes?cursor=a+b&limit=200"
        with pytest.raises(HubUnreachable, match="a page of changes"):
            hub.changes("", 200)
        hub.close()


def test_a_picture_is_bytes() -> None:
    with CannedServer(answer(200, b"\x89PNG", content_type="image/png")) as server:
        hub = HttpHubApi(server.url, TOKEN)
        assert hub.picture("ab" * 32) == b"\x89PNG"
        hub.close()


def test_pairing_needs_no_token() -> None:
    paired = PairAnswer("t1", "1", "Till 1", TOKEN, "hub")
    with CannedServer(answer(201, msgspec.json.encode(paired))) as server:
        hub = HttpHubApi(server.url, "")
        assert hub.pair(PairRequest("code", "Till 1")) == paired
        hub.close()
        assert "authorization" not in server.received[0].headers
