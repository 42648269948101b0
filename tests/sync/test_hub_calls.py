"""Each call of the protocol: what goes over the line, and what comes back of it."""

from collections.abc import Callable

import msgspec
import pytest

from tests.sync.canned_server import CannedServer, Received, answer
from tests.sync.memory import item_record
from tests.sync.test_hub_client import HELLO, HELLO_ANSWER, TOKEN
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.hub_client import HttpHubApi, HttpLimits
from till_app.sync.unpacking import Coding, packed
from till_app.wire.changes import ChangesPage, Record, Tombstone
from till_app.wire.exchange import (
    BucketAnswer,
    BucketRow,
    Entry,
    JournalHead,
    JournalPage,
    JournalRequest,
    KnownAnswer,
    LiveAnswer,
    SessionCheck,
    SnapshotAnswer,
    SweepAnswer,
    SweepKind,
    WaitingEntry,
)

ENTRY = Entry(7, "u7", "sale", 1, "t", "d", "{}", "0" * 64, "a" * 64)
RECORDS: list[Record] = [item_record("i1"), Tombstone("item", "i2")]
SHA = "ab" * 32

CALLS: list[tuple[str, Callable[[HttpHubApi], object], object]] = [
    (
        "GET /v1/live?cursor=e%3A7&wait_s=0.5",
        lambda hub: hub.live("e:7", 0.5),
        LiveAnswer(True, "e:9"),
    ),
    (
        "GET /v1/snapshot?schema_version=3",
        lambda hub: hub.snapshot(3),
        SnapshotAnswer(SHA, 10, SHA, 100, 3, "e", "e:9", 5),
    ),
    (
        "GET /v1/sweep",
        lambda hub: hub.sweep(),
        SweepAnswer("e", "e:9", {"item": SweepKind(1, "AAAAAAAAAAA=")}),
    ),
    (
        "GET /v1/sweep/item?bucket=3&of_buckets=8",
        lambda hub: hub.bucket("item", 3, 8),
        BucketAnswer("e", "e:9", [BucketRow("i1", "00ff", 4)]),
    ),
    ("POST /v1/records", lambda hub: hub.records("item", ["i1", "i2"]), RECORDS),
    ("POST /v1/known", lambda hub: hub.known(["u1"]), KnownAnswer(["u1"])),
    ("GET /v1/journal?after_seq=6&limit=500", lambda hub: hub.journal(6, 500), JournalPage([ENTRY], False)),
    ("GET /v1/waiting", lambda hub: hub.waiting(), [WaitingEntry(7, "u7", "sale", "t", "c", "w", "a")]),
    (
        "GET /v1/sessions/s%2F1",
        lambda hub: hub.session_check("s/1"),
        SessionCheck("s/1", 1, 100, 100, 3, 7, "a" * 64, 0, []),
    ),
]


def asked(received: Received) -> str:
    return f"{received.method} {received.target}"


@pytest.mark.parametrize(("line", "call", "expected"), CALLS, ids=[line for line, _, _ in CALLS])
def test_a_call_asks_as_agreed_and_reads_the_answer(
    line: str, call: Callable[[HttpHubApi], object], expected: object
) -> None:
    with CannedServer(answer(200, msgspec.json.encode(expected)), answer(200, b'"no"')) as server:
        hub = HttpHubApi(server.url, TOKEN)
        assert call(hub) == expected
        with pytest.raises(HubUnreachable) as caught:
            call(hub)
        hub.close()
    assert asked(server.received[0]) == line
    assert server.received[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert caught.value.code == "not_a_hub"


def test_an_answer_packed_with_zstd_is_read() -> None:
    page = ChangesPage("e", RECORDS, "c", False)
    canned = answer(200, packed(msgspec.json.encode(page), Coding.ZSTD), "Content-Encoding: zstd")
    with CannedServer(canned) as server:
        hub = HttpHubApi(server.url, TOKEN)
        assert hub.changes("", 100) == page
        hub.close()
        assert server.received[0].headers["accept-encoding"] == "zstd, gzip"


def test_a_bomb_packed_with_zstd_is_too_large() -> None:
    bomb = packed(bytes(5_000_000), Coding.ZSTD)
    with CannedServer(answer(200, bomb, "Content-Encoding: zstd")) as server:
        hub = HttpHubApi(server.url, TOKEN, limits=HttpLimits(most_answer_bytes=1_000_000))
        with pytest.raises(HubUnreachable) as caught:
            hub.changes("", 100)
        hub.close()
    assert caught.value.code == "answer_too_large"


def test_a_journal_goes_packed_as_the_hub_last_said_it_can_read() -> None:
    able = msgspec.structs.replace(HELLO_ANSWER, protocol=2, capabilities=["zstd"])
    taken = answer(200, b'{"acked_through":{"seq":7,"hash":"a"},"results":[],"quarantined":0}')
    request = JournalRequest("e", [msgspec.structs.replace(ENTRY, body=str(list(range(2_000))))])
    with CannedServer(
        answer(200, msgspec.json.encode(able)),
        taken,
        answer(200, msgspec.json.encode(HELLO_ANSWER)),
        taken,
    ) as server:
        hub = HttpHubApi(server.url, TOKEN)
        for _ in range(2):
            hub.hello(HELLO)
            assert hub.send_journal(request).acked_through == JournalHead(7, "a")
        hub.close()
    codings = [received.headers.get("content-encoding") for received in server.received]
    assert codings == [None, "zstd", None, "gzip"]
    assert [msgspec.json.decode(server.received[at].body, type=JournalRequest) for at in (1, 3)] == [
        request
    ] * 2


def test_a_record_that_cannot_be_read_is_left_out_and_counted() -> None:
    good = msgspec.json.encode(item_record("i1")).decode()
    with CannedServer(
        answer(200, f'[{good},["item",7]]'.encode()),
        answer(200, f'{{"epoch":"e","records":[["new",1],{good}],"next_cursor":"c","more":false}}'.encode()),
    ) as server:
        hub = HttpHubApi(server.url, TOKEN)
        assert hub.records("item", ["i1"]) == [item_record("i1")]
        assert hub.changes("", 9).records == [item_record("i1")]
        hub.close()
    assert hub.skipped_records == 2


def test_a_long_poll_may_last_as_long_as_it_was_asked_to() -> None:
    limits = HttpLimits(read_timeout_s=0.05)
    with CannedServer(None) as server:
        hub = HttpHubApi(server.url, TOKEN, limits=limits)
        with pytest.raises(HubUnreachable) as caught:
            hub.live("", 0.2)
        hub.close()
    assert caught.value.code == "timeout"


# ------------------------------------------------------- a file in parts

FILE = bytes(range(256)) * 1_000


def fetched(canned: bytes, start: int) -> tuple[bytes, Received]:
    with CannedServer(canned) as server:
        hub = HttpHubApi(server.url, TOKEN)
        try:
            return b"".join(hub.snapshot_bytes(SHA, start)), server.received[0]
        finally:
            hub.close()


def test_a_file_comes_whole() -> None:
    content, received = fetched(answer(200, FILE, content_type="application/zstd"), 0)
    assert content == FILE
    assert asked(received) == f"GET /v1/snapshot/{SHA}"
    assert "range" not in received.headers
    assert received.headers["accept-encoding"] == "identity"


def test_a_file_goes_on_from_where_it_was_broken_off() -> None:
    part = answer(206, FILE[1_000:], f"Content-Range: bytes 1000-{len(FILE) - 1}/{len(FILE)}")
    content, received = fetched(part, 1_000)
    assert content == FILE[1_000:]
    assert received.headers["range"] == "bytes=1000-"


def test_a_hub_that_knows_no_parts_sends_all_and_the_beginning_is_left_out() -> None:
    content, _ = fetched(answer(200, FILE), 70_000)
    assert content == FILE[70_000:]


@pytest.mark.parametrize("place", ["bytes 2000-255999/256000", "items 1000-255999/256000", ""])
def test_another_part_than_asked_for_is_no_answer(place: str) -> None:
    with pytest.raises(HubUnreachable) as caught:
        fetched(answer(206, FILE[1_000:], f"Content-Range: {place}"), 1_000)
    assert caught.value.code == "not_a_hub"


def test_a_file_that_is_cut_off_keeps_what_came() -> None:
    cut = answer(200, FILE, "Connection: close")[:-1_000]
    came: list[bytes] = []
    with CannedServer(cut) as server:
        hub = HttpHubApi(server.url, TOKEN)
        with pytest.raises(HubUnreachable) as caught:
            came.extend(hub.snapshot_bytes(SHA, 0))
        hub.close()
    assert caught.value.code == "cut_answer"
    assert FILE.startswith(b"".join(came))
    assert len(b"".join(came)) > 100_000


def test_a_file_that_the_hub_has_not_is_refused() -> None:
    with pytest.raises(HubRefused) as caught:
        fetched(answer(404, b'{"code":"not_found","message":"gone"}'), 0)
    assert caught.value.code == "not_found"


# ------------------------------------------------------------- back-pressure


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (429, b'{"code":"too_many_requests","message":"m"}', HubUnreachable, "too_many_requests"),
        (503, b'{"code":"not_ready","message":"m"}', HubUnreachable, "not_ready"),
        (413, b'{"code":"too_large","message":"m"}', HubRefused, "too_large"),
        (413, b"<html>nginx</html>", HubRefused, "too_large"),
        (401, b'{"code":"revoked","message":"m"}', HubRefused, "revoked"),
    ],
)
def test_the_time_that_the_hub_names_comes_with_each_answer(
    status: int, body: bytes, kind: type[HubUnreachable | HubRefused], code: str
) -> None:
    with CannedServer(answer(status, body, "Retry-After: 12")) as server:
        hub = HttpHubApi(server.url, TOKEN)
        with pytest.raises(kind) as caught:
            hub.hello(HELLO)
        hub.close()
    assert (caught.value.code, caught.value.retry_after_s) == (code, 12.0)
