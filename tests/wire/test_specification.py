"""The specification says what the code does: each example is decoded, each hash and sum taken again."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

import till_app.wire
from till_app.domain.journal import GENESIS_HASH, entry_hash
from till_app.wire import changes, exchange, protocol
from till_app.wire.changes import LiveRecord, Record, record_key
from till_app.wire.exchange import Capability, Entry, ErrorCode, PairAnswer, QuarantineCode, SweepAnswer
from till_app.wire.sweeping import bucket_of, digest_of, packed_sums, summed, unpacked_sums

TEXT = (Path(till_app.wire.__file__).parent / "README.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, str] = dict(re.findall(r"<!-- (\S+) -->\n```json\n(.*?)```", TEXT, re.DOTALL))
VECTORS = ("journal-vector", "sweep-vector")
OTHER_TYPES: dict[str, Any] = {"records": list[Record], "waiting": list[exchange.WaitingEntry]}


def type_of(name: str) -> Any:
    return OTHER_TYPES.get(name) or getattr(exchange, name, None) or getattr(changes, name)


def example(name: str) -> Any:
    return msgspec.json.decode(EXAMPLES[name], type=type_of(name))


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in VECTORS])
def test_each_example_is_a_message_whole_and_with_nothing_unknown(name: str) -> None:
    written = msgspec.json.decode(EXAMPLES[name])
    assert msgspec.json.decode(msgspec.json.encode(example(name))) == written


def test_every_block_of_json_is_an_example_that_is_tested() -> None:
    assert TEXT.count("```json") == len(EXAMPLES)


def test_every_message_of_the_protocol_has_an_example() -> None:
    shown = "\n".join(EXAMPLES) + "\nWaitingEntry"
    nested = {"JournalHead", "Entry", "EntryResult", "SweepKind", "BucketRow", "TaxTotal"}
    messages = {
        name
        for name, value in vars(exchange).items()
        if isinstance(value, type) and issubclass(value, msgspec.Struct) and value is not msgspec.Struct
    }
    assert messages - nested - set(shown.split()) == set()


def test_every_call_is_described() -> None:
    calls = {
        name: re.search(r"`(GET|POST) (/v1/[a-z]+)", getattr(protocol.HubApi, name).__doc__ or "")
        for name in vars(protocol.HubApi)
        if not name.startswith("_")
    }
    assert len(calls) == 16
    for name, found in calls.items():
        assert found is not None, name
        assert f"{found[1]} {found[2]}" in TEXT, name


@pytest.mark.parametrize("codes", [ErrorCode, QuarantineCode, Capability])
def test_every_code_is_explained(codes: type) -> None:
    for name, code in vars(codes).items():
        if name.isupper():
            assert f"`{code}`" in TEXT, code


def test_the_journals_vector_has_the_hashes_that_the_code_takes() -> None:
    till_id = msgspec.json.decode(EXAMPLES["PairAnswer"], type=PairAnswer).till_id
    entries = msgspec.json.decode(EXAMPLES["journal-vector"], type=list[Entry])
    before = GENESIS_HASH
    for entry in entries:
        assert entry.prev_hash == before
        before = entry_hash(
            till_id,
            entry.seq,
            entry.uuid,
            entry.kind,
            entry.version,
            entry.at,
            entry.business_date,
            entry.body.encode(),
            entry.prev_hash,
        )
        assert entry.hash == before
    assert len(entries) == 2
    assert example("JournalRequest").entries == entries[1:]
    assert example("JournalPage").entries == entries[:1]


class SweepVector(msgspec.Struct, forbid_unknown_fields=True):
    records: list[LiveRecord]
    digests: list[str]
    buckets_of_4: list[int]
    sum: str
    packed: str


def test_the_sweeps_vector_has_the_sums_that_the_code_takes() -> None:
    vector = msgspec.json.decode(EXAMPLES["sweep-vector"], type=SweepVector)
    digests = [digest_of(record) for record in vector.records]
    assert [f"{digest:016x}" for digest in digests] == vector.digests
    assert [bucket_of(record_key(record)[1], 4) for record in vector.records] == vector.buckets_of_4
    assert f"{summed(digests):016x}" == vector.sum
    assert packed_sums([summed(digests)]) == vector.packed
    answer: SweepAnswer = example("SweepAnswer")
    assert unpacked_sums(answer.kinds["department"].buckets) == [summed(digests)]


@pytest.mark.parametrize(
    "number",
    [
        protocol.MAX_BATCH_ENTRIES,
        protocol.MAX_REQUEST_BYTES,
        protocol.MAX_ENTRY_BYTES,
        protocol.MAX_UNPACKED_BYTES,
        protocol.MAX_PAGE_ROWS,
        protocol.MAX_ASKED_RECORDS,
        protocol.MAX_LIVE_WAIT_S,
    ],
)
def test_the_limits_are_those_of_the_code(number: int) -> None:
    limits = TEXT[TEXT.index("| limit | |") :]
    assert re.search(rf"\| {number:,}\b", limits)
