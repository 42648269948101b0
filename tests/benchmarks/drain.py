"""How fast a till empties a long queue, beside what its hub takes without the till."""

import itertools
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from tests.benchmarks.measure import LEAST_ROUNDS, Effort, Result, compare_rates, timed_ms
from tests.domain.builders import a_basket, a_line, a_sale, cash
from tests.sync.shop import RealShop, real_shop
from till_app.hub.hub import utc_now
from till_app.hub.tills import new_pairing_code
from till_app.services.bodies import sale_body
from till_app.services.clock import SystemClock
from till_app.services.entries import wire_entry
from till_app.services.ports import Fact, TillIdentity
from till_app.services.status import CatalogueChanged, LinkState, SyncStatus
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.ledger import SqliteLedger
from till_app.sync.cycle import SyncCycle
from till_app.sync.hub_client import HttpHubApi
from till_app.wire.bodies import BODY_VERSION, Kind
from till_app.wire.exchange import HelloRequest, JournalHead, JournalRequest, PairRequest
from till_app.wire.protocol import MAX_BATCH_ENTRIES, PROTOCOL_VERSION

MANY, FEW, HANDFUL = 10_000, 2_000, 60


def drain(effort: Effort) -> Result:
    count = effort.pick(MANY, FEW, HANDFUL)
    with tempfile.TemporaryDirectory() as name, real_shop(Path(name), items=20) as shop:
        numbers = itertools.count(1)

        def a_till() -> "_QueuedTill":
            number = next(numbers)
            return _QueuedTill(shop, Path(name) / f"till-{number}", number, count)

        def ours() -> float:
            with closing(a_till()) as till:
                return count / timed_ms(till.drain) * 1000

        def limit() -> float:
            with closing(a_till()) as till:
                requests = till.as_requests()
                return count / timed_ms(lambda: till.send(requests)) * 1000

        return compare_rates(
            ours,
            limit,
            rounds=LEAST_ROUNDS,
            goal=2.0,
            unit="sales/s",
            note=f"{count:,} queued sales sent by the till's own cycle; limit: the same in ready requests of"
            f" {MAX_BATCH_ENTRIES} entries, one after the other, without the till",
        )


class _QueuedTill:
    """Freshly paired, with so many sales that were made while the hub was away."""

    def __init__(self, shop: RealShop, folder: Path, number: int, sales: int) -> None:
        folder.mkdir()
        self._url = shop.running.url
        with shop.hub.database.writing() as connection:
            code, _ = new_pairing_code(connection, utc_now())
        with closing(HttpHubApi(self._url, "")) as unpaired:
            paired = unpaired.pair(PairRequest(code, f"Till {number}"))
        self._hub = HttpHubApi(self._url, paired.token)
        self._token = paired.token
        self._ledger = SqliteLedger(folder / "ledger.sqlite")
        self._ledger.set_identity(TillIdentity(paired.till_id, paired.till_code, paired.till_name))
        self._catalogue = SqliteCatalogue(folder / "catalogue.sqlite")
        self._sales = sales
        with self._ledger.write() as write:
            for counter in range(1, sales + 1):
                write.record(a_fact(paired.till_code, number, counter))
            write.commit()

    def close(self) -> None:
        self._hub.close()
        self._catalogue.close()
        self._ledger.close()

    def drain(self) -> None:
        statuses: list[SyncStatus] = []
        changes: list[CatalogueChanged] = []
        cycle = SyncCycle(
            HttpHubApi(self._url, self._token),
            self._ledger,
            self._catalogue,
            SystemClock(),
            app_version="1",
            on_status=statuses.append,
            on_catalogue=changes.append,
        )
        try:
            cycle.run()
        finally:
            cycle.stop()
        assert statuses[-1].state is LinkState.ONLINE, statuses[-1]
        self._check()

    def as_requests(self) -> Sequence[JournalRequest]:
        head = JournalHead(0, "0" * 64)
        greeting = self._hub.hello(
            HelloRequest(1, PROTOCOL_VERSION, "1", head, "2026-11-24T12:00:00.000000Z")
        )
        entries = [wire_entry(entry) for entry in self._ledger.entries_after(0, self._sales, 1_000_000_000)]
        return [
            JournalRequest(greeting.epoch, entries[start : start + MAX_BATCH_ENTRIES])
            for start in range(0, len(entries), MAX_BATCH_ENTRIES)
        ]

    def send(self, requests: Sequence[JournalRequest]) -> None:
        for request in requests:
            answer = self._hub.send_journal(request)
        self._ledger.acknowledge(answer.acked_through.seq)
        self._check()

    def _check(self) -> None:
        totals = self._hub.totals()
        assert (totals.entries, totals.quarantined) == (self._sales, 0), totals
        assert self._ledger.unsent().entries == 0


def a_fact(till_code: str, till_number: int, counter: int) -> Fact:
    basket = a_basket(*(a_line(f"line-{line}", 120) for line in range(1, counter % 3 + 2)))
    basket.uuid = f"till-{till_number}-sale-{counter}"
    total_minor = basket.totals().total_minor
    tender = cash(total_minor)
    sale = a_sale(basket, tender, counter=counter)
    body = msgspec.structs.replace(sale_body(sale, []), till_code=till_code)
    tenders = [msgspec.structs.replace(body.tenders[0], tender_id=f"till-{till_number}-tender-{counter}")]
    body = msgspec.structs.replace(body, tenders=tenders)
    return Fact(Kind.SALE, BODY_VERSION, sale.completed_at, sale.business_date, msgspec.json.encode(body))
