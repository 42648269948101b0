"""A journal that a till exported goes the same way in as one that it sends, again and again."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from tests.hub.building import Client, TillClient, make_line
from till_app.hub.__main__ import main
from till_app.hub.feed import identity
from till_app.hub.server import RunningHub
from till_app.wire.bodies import Kind
from till_app.wire.exchange import Entry


@pytest.fixture
def till(client: Client) -> TillClient:
    till = client.pair()
    for number in range(5):
        till.sell(make_line(1, 100 + number))
    return till


def exported(
    till: TillClient, entries: list[Entry] | None = None, changes: dict[str, object] | None = None
) -> bytes:
    entries = till.entries if entries is None else entries
    with till.client.hub.database.reading() as connection:
        hub_id = identity(connection).hub_id
    header = {
        "format": "till-journal",
        "version": 1,
        "till_id": till.till_id,
        "till_code": till.till_code,
        "hub_id": hub_id,
        "head": {"seq": till.entries[-1].seq, "hash": till.entries[-1].hash},
    } | (changes or {})
    return b"".join(msgspec.json.encode(line) + b"\n" for line in [header, *entries])


def bring(till: TillClient, file: bytes) -> dict[str, Any]:
    answer = till.client.admin("POST", "/journal-files", data=file)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
    return report["taken"], report["duplicates"], report["quarantined"], report["refused"]


@pytest.mark.parametrize("compress", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_file_brings_what_the_hub_does_not_have(
    till: TillClient, compress: Callable[[bytes], bytes]
) -> None:
    till.sent(till.entries[:2])
    till.write("teleport", {})
    file = compress(exported(till))
    report = bring(till, file)
    assert counts(report) == (4, 2, 1, 0)
    assert (report["till_code"], report["words"]) == (till.till_code, "The hub has every entry of the file.")
    assert counts(bring(till, file)) == (0, 6, 0, 0)
    assert (till.totals()["transactions"], till.totals()["gross_minor"]) == (5, 510)
    assert till.sent() == ["duplicate"] * 5 + ["duplicate unknown_kind"]


def test_a_file_without_entries_is_whole(till: TillClient) -> None:
    report = bring(till, exported(till, [], {"entries": 0}))
    assert (counts(report), report["words"]) == ((0, 0, 0, 0), "The hub has every entry of the file.")


def test_a_revoked_tills_file_is_taken_too(till: TillClient, client: Client) -> None:
    client.admin("POST", f"/tills/{till.till_id}/revoke")
    assert counts(bring(till, exported(till))) == (5, 0, 0, 0)
    assert client.admin("GET", "/tills").json()[0]["sales"] == 5


def test_a_large_file_is_taken_in_parts(till: TillClient) -> None:
    for number in range(1_100):
        till.write(Kind.NO_SALE, {"operator_id": "1", "reason": str(number)})
    assert counts(bring(till, exported(till))) == (1_105, 0, 0, 0)


def test_what_does_not_follow_is_refused_and_said(till: TillClient) -> None:
    report = bring(till, exported(till, till.entries[1:]))
    assert counts(report) == (0, 0, 0, 4)
    assert "Entry 1 must come first." in report["words"]
    hole = bring(till, exported(till, till.entries[:2] + till.entries[3:]))
    assert counts(hole) == (2, 0, 0, 2)
    assert "Entry 3 must come first." in hole["words"]


def test_a_changed_line_stops_there(till: TillClient) -> None:
    changed = msgspec.structs.replace(till.entries[2], body=till.entries[2].body.replace("Milk", "Silk"))
    report = bring(till, exported(till, [*till.entries[:2], changed, *till.entries[3:]]))
    assert counts(report) == (2, 0, 0, 3)
    assert "Entry 3 is not what its hash says." in report["words"]


def test_a_line_that_is_no_entry_stops_there(till: TillClient) -> None:
    lines = exported(till).splitlines(keepends=True)
    report = bring(till, b"".join([*lines[:3], b"garbage\n", *lines[4:]]))
    assert counts(report) == (2, 0, 0, 3)
    assert "the file is damaged from there on" in report["words"]


def test_a_file_that_is_cut_off_is_taken_as_far_as_it_goes(till: TillClient) -> None:
    report = bring(till, exported(till, till.entries[:3]))
    assert counts(report) == (3, 0, 0, 0)
    assert "goes to entry 5, but it ends at 3" in report["words"]


def test_a_file_of_another_history_is_kept_as_a_fork(till: TillClient, client: Client) -> None:
    clone = TillClient(client, till.till_id, till.till_code, till.token, list(till.entries[:2]), 2)
    till.sent()
    for number in range(600):
        clone.write(Kind.NO_SALE, {"operator_id": "1", "reason": str(number)}, uuid=f"clone-{number}")
    report = bring(clone, exported(clone))
    assert counts(report) == (0, 2, 0, 600)
    assert "contradicts" in report["words"]
    assert len(client.admin("GET", "/forks").json()) == 500
    with client.hub.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM fork").scalar() == 600
    assert till.hello().json()["forked"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "no exported journal"),
        (b"item_code,name\n", "no exported journal"),
        (
            b'{"format":"x","version":1,"till_id":"","till_code":"","hub_id":"","head":{"seq":0,"hash":""}}',
            "no exp",
        ),
        (gzip.compress(b"x" * 100, mtime=0)[:-12], "no exported journal|damaged"),
        (b"\x28\xb5\x2f\xfd" + b"x" * 50, "damaged"),
    ],
)
def test_what_is_no_journal_is_refused_with_words(client: Client, file: bytes, words: str) -> None:
    answer = client.admin("POST", "/journal-files", data=file)
    assert (answer.status_code, answer.json()["code"]) == (422, "file_refused")
    assert any(word in answer.json()["message"] for word in words.split("|"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"till_id": "nobody"}, "never paired"),
        ({"till_id": "a\0b", "hub_id": "else"}, "another hub"),
        ({"version": 2}, "newer release"),
        ({"format": "till-catalogue"}, "no exported journal"),
    ],
)
def test_a_journal_that_is_not_for_this_hub_is_refused(
    till: TillClient, changes: dict[str, object], words: str
) -> None:
    answer = till.client.admin("POST", "/journal-files", data=exported(till, changes=changes))
    assert (answer.status_code, answer.json()["code"]) == (422, "file_refused")
    assert words in answer.json()["message"]
    assert till.totals()["entries"] == 0


def test_a_line_beyond_all_measure_is_refused_before_it_is_read(
    till: TillClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("till_app.hub.custody.journal_files._MAX_LINE_BYTES", 100_000)
    bomb = gzip.compress(exported(till) + b"x" * 10_000_000)
    answer = till.client.admin("POST", "/journal-files", data=bomb)
    assert (answer.status_code, answer.json()["code"]) == (422, "file_refused")


def test_a_file_on_disk_is_brought_in_by_the_command_line(
    sqlite_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "till-1.journal.jsonl"
    with RunningHub(sqlite_path) as hub, Client(hub) as client:
        till = client.pair()
        till.sell(make_line(1, 100))
        path.write_bytes(exported(till))
    database = ["--database", str(sqlite_path)]
    assert main(["import-journal", str(path), *database]) == 0
    assert counts(json.loads(capsys.readouterr().out)) == (1, 0, 0, 0)
    path.write_bytes(path.read_bytes().replace(b"Milk", b"Silk"))
    assert main(["import-journal", str(path), *database]) == 1
    assert "not what its hash says" in capsys.readouterr().out
    assert main(["import-journal", str(tmp_path / "nothing"), *database]) == 1
    assert "cannot be read" in capsys.readouterr().err
