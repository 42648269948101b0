"""The journal in a file: whole, checked, and never half in the place of an older one."""

from pathlib import Path

import msgspec
import pytest

from tests.services.counter import ShopCounter
from till_app.domain.journal import is_intact
from till_app.services import journal_export
from till_app.services.entries import stored_entry, wire_entry
from till_app.services.journal_export import ExportFailed, ExportHeader, ExportReport, export_journal
from till_app.wire.exchange import Entry

MILK = "5000128104517"


def export(counter: ShopCounter, path: Path, *, unsent_only: bool = True) -> ExportReport:
    identity = counter.ledger.identity()
    assert identity is not None
    return export_journal(counter.ledger, identity, "hub", path, unsent_only=unsent_only)


def read(path: Path) -> tuple[ExportHeader, list[Entry]]:
    header, *lines = path.read_bytes().splitlines()
    return (
        msgspec.json.decode(header, type=ExportHeader),
        [msgspec.json.decode(line, type=Entry) for line in lines],
    )


def test_the_unsent_entries_are_in_it_byte_for_byte(counter: ShopCounter, tmp_path: Path) -> None:
    counter.sell(MILK)
    counter.ledger.acknowledge(2)
    counter.sell(MILK)
    report = export(counter, tmp_path / "new folder" / "journal.jsonl")
    header, entries = read(report.path)
    head = counter.ledger.journal_head()
    assert (header.first_seq, header.entries, header.head.seq) == (3, head.seq - 2, head.seq)
    assert (header.till_code, header.hub_id, header.head.hash) == ("2", "hub", head.hash)
    assert [stored_entry(entry) for entry in entries] == list(counter.ledger.entries_after(2, 1000, 10**9))
    assert all(is_intact(header.till_id, stored_entry(entry)) for entry in entries)
    assert (report.entries, report.sales) == (len(entries), 2)


def test_all_entries_are_in_it_on_request_and_none_when_all_are_sent(
    counter: ShopCounter, tmp_path: Path
) -> None:
    head = counter.ledger.journal_head().seq
    counter.ledger.acknowledge(head)
    assert export(counter, tmp_path / "all.jsonl", unsent_only=False).entries == head
    assert export(counter, tmp_path / "unsent.jsonl").entries == 0


def test_an_export_that_fails_leaves_the_older_file(
    counter: ShopCounter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.jsonl"
    export(counter, path)
    before = path.read_bytes()
    counter.sell(MILK)
    monkeypatch.setattr(
        journal_export, "wire_entry", lambda entry: msgspec.structs.replace(wire_entry(entry), at="2020")
    )
    with pytest.raises(ExportFailed, match="damaged"):
        export(counter, path)
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told(counter: ShopCounter, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ExportFailed, match="could not be written"):
        export(counter, tmp_path / "taken" / "journal.jsonl")
