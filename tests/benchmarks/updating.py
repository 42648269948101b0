"""A till's sale at the hub while the back office changes the price of every item, beside the same at rest."""

import itertools
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.benchmarks.catalogue import some_items
from tests.benchmarks.drain import a_fact
from tests.benchmarks.measure import Effort, Result, compare_tails, timed_ms
from tests.soak.__main__ import POSTGRESQL, SQLITE, hub_place
from tests.soak.hub_place import HubPlace, HubProcess
from till_app.domain.journal import GENESIS_HASH, JournalEntry, sealed
from till_app.hub.hub import utc_now
from till_app.hub.tills import new_pairing_code, pair
from till_app.services.entries import wire_entry
from till_app.sync.hub_client import HttpHubApi
from till_app.wire.exchange import HelloRequest, JournalHead, JournalRequest, PairAnswer, PairRequest
from till_app.wire.protocol import PROTOCOL_VERSION

MANY, FEW, HANDFUL = 100_000, 10_000, 60
GAP_S = 0.02
"""Between two sales: this till is not the load that is measured."""
GOAL_MS = 1_000.0
_IMPORT_S = 600.0


def sale_while_updating(effort: Effort) -> Result:
    return _measured(effort, SQLITE, workers=1)


def sale_while_updating_postgresql(effort: Effort) -> Result:
    return _measured(effort, POSTGRESQL, workers=2)


def _measured(effort: Effort, database: str, workers: int) -> Result:
    """The goal is that of a sale's way to the hub, so it is turned into a ratio of this run's own limit."""
    items = effort.pick(MANY, FEW, HANDFUL)
    with tempfile.TemporaryDirectory() as name, hub_place(database, Path(name), workers) as place:
        office = _Office(place, items)
        with (
            _served(place, office, Path(name)) as hub_url,
            closing(_PushingTill(hub_url, office.paired)) as till,
        ):
            office.update(hub_url)
            update = _Updating(office, hub_url)

            def rested() -> float:
                threading.Event().wait(GAP_S)
                return till.next_sale_ms()

            measured = compare_tails(
                rested,
                rested,
                around=update.going_on,
                rounds=effort.rounds,
                per_round=effort.pick(200, 60, 3),
                goal=0.0,
                unit="ms",
                note=f"99th percentile of sending one sale while {items:,} items are imported anew into"
                f" {database}; limit: while none are; goal: below {GOAL_MS:.0f} ms; {{}}",
            )
    return measured.with_goal(GOAL_MS / measured.limit, measured.note.format(update.words()))


class _Office:
    """The back office and what it sends: the same goods, each time a penny dearer."""

    def __init__(self, place: HubPlace, items: int) -> None:
        self._items = some_items(items)
        self._prices = itertools.count(100)
        self._session = requests.Session()
        hub = place.open()
        try:
            self._token = hub.admin_token
            with hub.database.writing() as connection:
                code, _ = new_pairing_code(connection, utc_now())
                answer = pair(connection, PairRequest(code, "Till 1"), utc_now())
            assert answer is not None
            self.paired: PairAnswer = answer
        finally:
            hub.close()

    def prepare(self, hub_url: str) -> None:
        self._send(hub_url, "vat-codes", "code,name,rate_percent,kind\nZ,Zero,0,zero\n")
        self._send(hub_url, "departments", "code,name,position\nD,Goods,1\n")

    def update(self, hub_url: str) -> None:
        price_minor = next(self._prices)
        lines = ["item_code,name,department,vat_code,price,barcodes"]
        lines += [
            f"{item.item_code},{item.name},D,Z,{price_minor / 100:.2f},{item.barcodes[0]}"
            for item in self._items
        ]
        self._send(hub_url, "items", "\n".join(lines) + "\n")

    def close(self) -> None:
        self._session.close()

    def _send(self, hub_url: str, kind: str, content: str) -> None:
        answer = self._session.post(
            f"{hub_url}/v1/admin/imports/{kind}",
            data=content.encode(),
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=_IMPORT_S,
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["refused_count"] == 0, answer.text


class _Updating:
    """Updates one after the other on a thread, as long as somebody measures."""

    def __init__(self, office: _Office, hub_url: str) -> None:
        self._office = office
        self._hub_url = hub_url
        self._costs_ms: list[float] = []

    @contextmanager
    def going_on(self) -> Iterator[None]:
        stopping = threading.Event()

        def work() -> None:
            while not stopping.is_set():
                self._costs_ms.append(timed_ms(lambda: self._office.update(self._hub_url)))

        thread = threading.Thread(target=work, name="back office")
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()

    def words(self) -> str:
        return f"{len(self._costs_ms)} imports of {min(self._costs_ms) / 1000:.1f} s and more"


@contextmanager
def _served(place: HubPlace, office: _Office, folder: Path) -> Iterator[str]:
    hub = HubProcess(place, folder / "hub.log")
    hub.start()
    try:
        office.prepare(hub.url)
        yield hub.url
    finally:
        office.close()
        hub.stop()


@dataclass
class _PushingTill:
    """Sends one sale after the other, each in a request of its own."""

    hub_url: str
    paired: PairAnswer

    def __post_init__(self) -> None:
        self._hub = HttpHubApi(self.hub_url, self.paired.token)
        head = JournalHead(0, GENESIS_HASH)
        greeting = self._hub.hello(
            HelloRequest(1, PROTOCOL_VERSION, "1", head, "2026-11-24T12:00:00.000000Z")
        )
        self._epoch = greeting.epoch
        self._last: JournalEntry | None = None

    def close(self) -> None:
        self._hub.close()

    def next_sale_ms(self) -> float:
        seq, prev_hash = (self._last.seq + 1, self._last.hash) if self._last else (1, GENESIS_HASH)
        fact = a_fact(self.paired.till_code, 1, seq)
        entry = sealed(
            self.paired.till_id,
            seq,
            f"entry-{seq}",
            fact.kind,
            fact.version,
            fact.at,
            fact.business_date,
            fact.body,
            prev_hash,
        )
        request = JournalRequest(self._epoch, [wire_entry(entry)])
        cost_ms = timed_ms(lambda: self._send(request, seq))
        self._last = entry
        return cost_ms

    def _send(self, request: JournalRequest, seq: int) -> None:
        answer = self._hub.send_journal(request)
        assert answer.acked_through.seq == seq
        assert answer.quarantined == 0
