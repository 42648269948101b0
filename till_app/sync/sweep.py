"""Comparing the whole catalogue with the hub's by checksums, and mending what a bug or a restore made differ.

First the sums of all buckets, then the rows of those that differ, then the records that truly differ. What
the hub does not have is removed last, all at once, so that the rule against mass removals sees all of it.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from till_app.domain.times import to_text
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import CatalogueRecord, Clock, Gone
from till_app.services.status import CatalogueChanged, CheckReport
from till_app.sync.codes import SyncCode
from till_app.sync.pull import FeedPosition, MassRemoval, is_mass_removal
from till_app.sync.records import change_of, to_domain
from till_app.wire.changes import LiveRecord, Record, Tombstone, record_key
from till_app.wire.exchange import BucketAnswer, ErrorCode, SweepAnswer, SweepKind
from till_app.wire.protocol import MAX_ASKED_RECORDS
from till_app.wire.sweeping import (
    FIELD_COUNTS,
    bucket_of,
    digest_of,
    packed_sums,
    summed,
    unpacked_sums,
)

logger = logging.getLogger(__name__)

_ITEM = "item"
_DOUBTFUL_AT_ONCE = 64
"""Buckets, of a thousand ids at most."""


class SweptHub(Protocol):
    """The part of HubApi that a comparison needs."""

    def sweep(self) -> SweepAnswer: ...

    def bucket(self, kind: str, bucket: int, of_buckets: int) -> BucketAnswer: ...

    def records(self, kind: str, record_ids: list[str]) -> list[Record]: ...


class SweptCatalogue(Protocol):
    """What a comparison needs of the catalogue; each call is short."""

    def cursor(self) -> str: ...

    def item_count(self) -> int: ...

    def next_digests(self, kind: str, after: int) -> tuple[list[tuple[str, int]], int | None]:
        """Ids and digests of some records after a place, 0 for the beginning, and the next place; None at the
        end."""
        ...

    def digests_of(self, kind: str, record_ids: Sequence[str]) -> dict[str, int]:
        """Of those that are here."""
        ...

    def mend(self, records: Sequence[CatalogueRecord], gone: Sequence[Gone]) -> None:
        """Replace and remove, in one transaction, and leave the cursor where it is."""
        ...


class _FeedMoved(Exception):
    """The catalogue is of another feed than what the hub compares with: to be compared when it is not."""


@dataclass(slots=True)
class _Findings:
    compared: int = 0
    different: int = 0
    mended: int = 0
    extra: dict[str, list[str]] = field(default_factory=dict)
    """By kind, ids that the till has and the hub had not when it was asked."""
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class _Bucket:
    kind: str
    number: int
    of_buckets: int
    records_here: int
    """When the sums were made."""


_Doubtful = dict[int, frozenset[str]]
"""By bucket in which the till has more records than the hub: the ids of the hub's."""


class Sweep:
    """Implements CatalogueSweep; for one thread, except `accept_removal`. A step is one request, or the
    digests of some hundreds of records."""

    def __init__(self, hub: SweptHub, catalogue: SweptCatalogue, clock: Clock) -> None:
        self._hub = hub
        self._catalogue = catalogue
        self._clock = clock
        self._removal_accepted = False
        self._findings = _Findings()
        self._steps: Iterator[CatalogueChanged] = iter(())

    def accept_removal(self) -> None:
        """From any thread: a person wants what was refused as `mass_removal`; holds for one comparison."""
        self._removal_accepted = True

    def begin(self) -> None:
        """Forget what an unfinished one found."""
        self._findings = _Findings()
        self._steps = self._run()

    def step(self) -> tuple[CatalogueChanged, CheckReport | None]:
        """What was mended, and the report once it is finished.

        Raises HubUnreachable and CatalogueUnavailable; the comparison is to be begun again then.
        """
        try:
            return next(self._steps), None
        except StopIteration:
            self._removal_accepted = False
        except _FeedMoved:
            self._findings.error_code = ErrorCode.EPOCH_CHANGED
        except (MassRemoval, HubRefused) as error:
            self._findings.error_code = error.code
        return CatalogueChanged(), self._report()

    def _report(self) -> CheckReport:
        found = self._findings
        if found.different or found.error_code:
            logger.warning(
                "of %s records %s differed from the hub's and %s were mended; %s",
                found.compared,
                found.different,
                found.mended,
                found.error_code or "finished",
            )
        at = to_text(self._clock.now())
        return CheckReport(at, found.compared, found.different, found.mended, found.error_code)

    def _run(self) -> Iterator[CatalogueChanged]:
        answer = self._hub.sweep()
        self._read_through(answer.epoch, answer.cursor)
        yield CatalogueChanged()
        for kind, theirs in _comparable(answer):
            self._findings.compared += theirs.records
            unequal: list[_Bucket] = []
            yield from self._compare_sums(kind, theirs, unequal)
            yield from self._compare_rows(kind, unequal)
        yield from self._remove_extra()

    # ----------------------------------------------------------- comparing

    def _compare_sums(
        self, kind: str, theirs: SweepKind, unequal: list[_Bucket]
    ) -> Iterator[CatalogueChanged]:
        their_sums = _sums_of(theirs)
        of_buckets = len(their_sums)
        our_sums = [0] * of_buckets
        our_records = [0] * of_buckets
        place: int | None = 0
        while place is not None:
            digests, place = self._catalogue.next_digests(kind, place)
            for record_id, digest in digests:
                bucket = bucket_of(record_id, of_buckets)
                our_sums[bucket] += digest
                our_records[bucket] += 1
            yield CatalogueChanged()
        unequal += [
            _Bucket(kind, number, of_buckets, our_records[number])
            for number, their_sum in enumerate(their_sums)
            if summed([our_sums[number]]) != their_sum
        ]

    def _compare_rows(self, kind: str, unequal: Sequence[_Bucket]) -> Iterator[CatalogueChanged]:
        doubtful: _Doubtful = {}
        for at, bucket in enumerate(unequal, 1):
            yield self._mend(bucket, doubtful)
            if doubtful and (len(doubtful) == _DOUBTFUL_AT_ONCE or at == len(unequal)):
                yield from self._look_for_extra(kind, bucket.of_buckets, doubtful)
                doubtful = {}

    def _mend(self, bucket: _Bucket, doubtful: _Doubtful) -> CatalogueChanged:
        """Fetch and replace what differs in one bucket. A record that the till has not read yet is none."""
        answer = self._hub.bucket(bucket.kind, bucket.number, bucket.of_buckets)
        through = self._read_through(answer.epoch, answer.cursor)
        ids = [row.record_id for row in answer.rows]
        ours = self._catalogue.digests_of(bucket.kind, ids)
        if len(ours) < bucket.records_here:
            doubtful[bucket.number] = frozenset(ids)
        wanted = [
            row.record_id
            for row in answer.rows
            if row.seq <= through and ours.get(row.record_id) != _digest(row.digest)
        ]
        if not wanted:
            return CatalogueChanged()
        fetched = self._fetched(bucket.kind, wanted)
        values = to_domain(list(fetched.values()))
        self._catalogue.mend(values, ())
        now = self._catalogue.digests_of(bucket.kind, list(fetched))
        self._findings.different += len(fetched)
        self._findings.mended += sum(
            now.get(record_id) == digest_of(record) for record_id, record in fetched.items()
        )
        return change_of(values)

    def _fetched(self, kind: str, ids: Sequence[str]) -> dict[str, LiveRecord]:
        """What the hub has of them now; a missing one has gone since, which its feed will say."""
        found: dict[str, LiveRecord] = {}
        for at in range(0, len(ids), MAX_ASKED_RECORDS):
            for record in self._hub.records(kind, list(ids[at : at + MAX_ASKED_RECORDS])):
                if not isinstance(record, Tombstone):
                    found[record_key(record)[1]] = record
        return found

    # ------------------------------------------------- what the hub has not

    def _look_for_extra(self, kind: str, of_buckets: int, doubtful: _Doubtful) -> Iterator[CatalogueChanged]:
        extra = self._findings.extra.setdefault(kind, [])
        place: int | None = 0
        while place is not None:
            digests, place = self._catalogue.next_digests(kind, place)
            for record_id, _ in digests:
                known = doubtful.get(bucket_of(record_id, of_buckets))
                if known is not None and record_id not in known:
                    extra.append(record_id)
            yield CatalogueChanged()

    def _remove_extra(self) -> Iterator[CatalogueChanged]:
        """Asks again first: some may have come since, by the feed."""
        items = len(self._findings.extra.get(_ITEM, ()))
        if not self._removal_accepted and is_mass_removal(items, self._catalogue.item_count()):
            self._findings.different += items
            raise MassRemoval(f"{items} items would go")
        for kind, ids in self._findings.extra.items():
            for at in range(0, len(ids), MAX_ASKED_RECORDS):
                asked = ids[at : at + MAX_ASKED_RECORDS]
                there = self._fetched(kind, asked)
                here = self._catalogue.digests_of(kind, asked)
                gone = [Gone(kind, record_id) for record_id in here if record_id not in there]
                if gone:
                    self._catalogue.mend((), gone)
                    self._findings.different += len(gone)
                    self._findings.mended += len(gone)
                yield change_of(gone)

    def _read_through(self, epoch: str, cursor: str) -> int:
        """Through which number the catalogue has the feed that the hub speaks of. Raises _FeedMoved."""
        saved = self._catalogue.cursor()
        try:
            position = msgspec.json.decode(saved, type=FeedPosition) if saved else None
        except msgspec.MsgspecError:
            position = None
        if position is None or position.from_start or position.epoch != epoch:
            raise _FeedMoved
        ours, theirs = _number(position.hub_cursor), _number(cursor)
        if ours > theirs:
            raise _FeedMoved
        return ours


def _comparable(answer: SweepAnswer) -> Iterator[tuple[str, SweepKind]]:
    """The kinds that this release writes as the hub does, also those of which the hub has nothing."""
    nothing = SweepKind(0, packed_sums([0]))
    for kind, fields in FIELD_COUNTS.items():
        theirs = answer.kinds.get(kind, nothing)
        if theirs.fields in (0, fields):
            yield kind, theirs
        else:
            logger.info("%s: the hub writes %s fields, this till %s", kind, theirs.fields, fields)


def _sums_of(theirs: SweepKind) -> list[int]:
    try:
        return unpacked_sums(theirs.buckets)
    except ValueError as error:
        raise HubUnreachable(SyncCode.NOT_A_HUB, f"sums of buckets: {error}") from error


def _digest(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError as error:
        raise HubUnreachable(SyncCode.NOT_A_HUB, f"a digest: {text[:40]!r}") from error


def _number(cursor: str) -> int:
    """Of `epoch:number`; in the midst of a first load a cursor has more parts."""
    _, *numbers = cursor.split(":")
    if len(numbers) != 1 or not numbers[0].isascii() or not numbers[0].isdigit():
        raise _FeedMoved
    return int(numbers[0])
