"""A till of a soak: its own ledger and catalogue, the real exchange with the hub, and a cashier who sells."""

import shutil
import threading
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec

from tests.soak.hub_place import ITEMS, item_code
from till_app.domain.basket import Basket
from till_app.domain.basket_line import priced_line
from till_app.domain.ids import new_uuid7
from till_app.domain.sale import Sale, complete
from till_app.domain.session import DrawerMovement, MovementKind
from till_app.domain.tender import TenderKind, TenderLine
from till_app.domain.times import to_text
from till_app.services.bodies import sale_body
from till_app.services.clock import SystemClock
from till_app.services.errors import HubError
from till_app.services.ports import Fact, TillIdentity
from till_app.services.status import CatalogueChanged, LinkState, SyncStatus
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.ledger import SqliteLedger
from till_app.sync.backoff import Backoff
from till_app.sync.checking import Checking
from till_app.sync.cycle import SyncCycle, SyncSettings
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.sweep import Sweep
from till_app.sync.thread import SyncThread
from till_app.wire.bodies import BODY_VERSION, Kind
from till_app.wire.exchange import JournalAnswer, JournalRequest, PairAnswer

PACE_S = 0.25
"""The next customer comes when the last sale is at the hub, or after so long: no sale waits for a hub."""
_BACKOFF_S = (0.25, 2.0)
"""A tenth of a till's own: a soak is to be short."""
_MOST_LINES, _MOST_PIECES = 4, 3


@dataclass
class Sent:
    """Counted by every till together."""

    requests: int = 0
    repeated_requests: int = 0
    repeated_entries: int = 0
    """Sent before, and sent again because nobody knew what had become of them."""
    known_at_hub: int = 0
    """Of those, the ones that the hub had taken the first time."""
    failures: Counter[str] = field(default_factory=Counter)
    """Journal requests without a success, by what the till made of it; `busy` is the hub's back-pressure."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class CountingHub(HttpHubApi):
    """The real client; it counts what is sent more than once."""

    sent: Sent
    furthest: list[int]
    """The last number that was ever sent, of the till."""

    def send_journal(self, request: JournalRequest) -> JournalAnswer:
        again = sum(entry.seq <= self.furthest[0] for entry in request.entries)
        self.furthest[0] = max(self.furthest[0], request.entries[-1].seq)
        with self.sent.lock:
            self.sent.requests += 1
            self.sent.repeated_requests += again > 0
            self.sent.repeated_entries += again
        try:
            answer = super().send_journal(request)
        except HubError as error:
            with self.sent.lock:
                self.sent.failures[error.code] += 1
            raise
        with self.sent.lock:
            self.sent.known_at_hub += sum(result.state == "duplicate" for result in answer.results)
        return answer


class SoakTill:
    """Made on the runner's thread; `sell_all` on the cashier's, the exchange on its own."""

    def __init__(
        self, folder: Path, empty_ledger: Path, paired: PairAnswer, hub_url: str, sent: Sent, seed: int
    ) -> None:
        folder.mkdir()
        self.paired = paired
        self.sold: list[Sale] = []
        self.moved_milli: Counter[str] = Counter()
        """What left the shop, by item."""
        self.status = SyncStatus()
        self.trouble: BaseException | None = None
        """Why the cashier stopped."""
        self._hub_url = hub_url
        self._sent = sent
        self._furthest = [0]
        self._chance = Random(seed)
        self._clock = SystemClock()
        self._session_id = new_uuid7(self._clock.now())
        self._is_told = threading.Event()
        """There was news from the exchange."""
        shutil.copy(empty_ledger, folder / "ledger.sqlite")
        self.ledger = SqliteLedger(folder / "ledger.sqlite")
        self.ledger.set_identity(TillIdentity(paired.till_id, paired.till_code, paired.till_name))
        self.catalogue = SqliteCatalogue(folder / "catalogue.sqlite")
        self.sync = SyncThread(self._cycle, lambda: HttpHubApi(hub_url, paired.token))

    def close(self) -> None:
        self.sync.stop()
        self.catalogue.close()
        self.ledger.close()

    def _cycle(self) -> SyncCycle:
        hub = CountingHub(self._hub_url, self.paired.token)
        hub.sent, hub.furthest = self._sent, self._furthest
        first_s, most_s = _BACKOFF_S
        return SyncCycle(
            hub,
            self.ledger,
            self.catalogue,
            self._clock,
            app_version="soak",
            hub_id=self.paired.hub_id,
            on_status=self._on_status,
            on_catalogue=self._on_catalogue,
            settings=SyncSettings(soonest_retry_s=0.5),
            backoff=Backoff(first_s, most_s),
        )

    def _on_status(self, status: SyncStatus) -> None:
        self.status = status
        self._is_told.set()

    def _on_catalogue(self, _change: CatalogueChanged) -> None:
        self._is_told.set()

    # -------------------------------------------------------------- selling

    def sell_all(self, sales: int, stopping: threading.Event) -> None:
        try:
            while self.catalogue.item_count() < ITEMS and not stopping.is_set():
                self._wait_for_news()
            while len(self.sold) < sales and not stopping.is_set():
                self._is_told.clear()
                self.sell()
                self.sync.wake()
                self._wait_for_news()
        except BaseException as error:
            self.trouble = error

    def _wait_for_news(self) -> None:
        self._is_told.wait(PACE_S)
        self._is_told.clear()

    def sell(self) -> None:
        """Some items at the prices that this till has now, paid in cash; committed when this returns."""
        now = self._clock.now()
        basket = Basket(new_uuid7(now), to_text(now))
        day = self._clock.today()
        for number in range(self._chance.randint(1, _MOST_LINES)):
            (item,) = self.catalogue.find(item_code(self._chance.randrange(ITEMS)))
            rate = self.catalogue.vat_rate(item.vat_code)
            assert rate is not None
            quantity_milli = 1_000 * self._chance.randint(1, _MOST_PIECES)
            basket.add(
                priced_line(
                    f"line-{number}", item, rate, day=day, code=item.item_code, quantity_milli=quantity_milli
                )
            )
        sale, movement = self._completed(basket)
        body = msgspec.json.encode(sale_body(sale, [movement]))
        with self.ledger.write() as write:
            write.record(Fact(Kind.SALE, BODY_VERSION, sale.completed_at, sale.business_date, body))
            write.commit()
        self.sold.append(sale)
        for line in sale.lines:
            self.moved_milli[line.item_id] += line.quantity_milli

    def _completed(self, basket: Basket) -> tuple[Sale, DrawerMovement]:
        now = self._clock.now()
        total_minor = basket.totals().total_minor
        tender = TenderLine(new_uuid7(now), TenderKind.CASH, total_minor, total_minor, 0)
        sale = complete(
            basket,
            (tender,),
            till_code=self.paired.till_code,
            counter=len(self.sold) + 1,
            session_id=self._session_id,
            business_date=self._clock.today(),
            completed_at=to_text(now),
            operator_id="op",
            operator_name="Aisha",
            currency="GBP",
            approved_by=None,
        )
        movement = DrawerMovement(
            movement_id=new_uuid7(now),
            session_id=sale.session_id,
            kind=MovementKind.TENDER,
            amount_minor=total_minor,
            at=sale.completed_at,
            operator_id=sale.operator_id,
            sale_uuid=sale.uuid,
        )
        return sale, movement

    # ------------------------------------------------------------ afterwards

    def differences_from(self, hub_url: str) -> tuple[int, int]:
        """After `sync.stop`: read all that changed, past every fault, and compare the catalogue with the
        hub's; how many records were compared, and how many differed."""
        hub = HttpHubApi(hub_url, self.paired.token)
        checking = Checking(Sweep(hub, self.catalogue, self._clock), lambda: 0.0)
        with closing(hub):
            cycle = SyncCycle(
                hub,
                self.ledger,
                self.catalogue,
                self._clock,
                app_version="soak",
                on_status=self._on_status,
                on_catalogue=self._on_catalogue,
                checking=checking,
            )
            cycle.check_everything()
            while checking.report is None:
                cycle.run()
                assert self.status.state is LinkState.ONLINE, self.status
        assert not checking.report.error_code, checking.report
        return checking.report.compared, checking.report.different
