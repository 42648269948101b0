"""A real hub, a real till's files and the real client, with the faulty proxy between them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from tests.domain.builders import a_basket, a_line, a_sale, cash
from tests.sync.faulty_proxy import FaultyProxy
from till_app.domain.journal import is_intact
from till_app.domain.sale import Sale
from till_app.domain.session import DrawerMovement, MovementKind
from till_app.hub.catalogue.items import ItemPatch, edit_item, remove_item
from till_app.hub.catalogue.pictures import store_picture
from till_app.hub.feed import start_new_epoch
from till_app.hub.hub import Hub, utc_now
from till_app.hub.imports.folder import import_folder
from till_app.hub.server import RunningHub
from till_app.hub.tables import entry as entry_table
from till_app.hub.tills import new_pairing_code
from till_app.services.bodies import sale_body
from till_app.services.clock import SystemClock
from till_app.services.ports import Fact, Outbox, TillIdentity
from till_app.services.status import CatalogueChanged, SyncStatus
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.ledger import SqliteLedger
from till_app.sync.backoff import Backoff
from till_app.sync.cycle import SyncCycle, SyncSettings
from till_app.sync.hub_client import HttpHubApi, HttpLimits
from till_app.wire.bodies import BODY_VERSION, Kind
from till_app.wire.exchange import PairRequest, TillTotals

PNG = b"\x89PNG\r\n\x1a\n"
SHOP_FILES = {
    "vat_codes.csv": "code,name,rate_percent,kind\nA,Standard,20,standard\nZ,Zero,0,zero\n",
    "departments.csv": "code,name,position\nFRUIT,Fruit,1\n",
}


class RealShop:
    """One hub and one till, paired. The till reaches its hub only through `proxy`."""

    def __init__(self, folder: Path, running: RunningHub, proxy: FaultyProxy) -> None:
        self.running = running
        self.proxy = proxy
        self.statuses: list[SyncStatus] = []
        self.changes: list[CatalogueChanged] = []
        self.on_status: Callable[[SyncStatus], None] = self.statuses.append
        self.sold: list[Sale] = []
        with self.hub.database.writing() as connection:
            code, _ = new_pairing_code(connection, utc_now())
        direct = HttpHubApi(running.url, "")
        self.paired = direct.pair(PairRequest(code, "Till at the door"))
        direct.close()
        self.direct = HttpHubApi(running.url, self.paired.token)
        """For asking the hub what it has, past the proxy."""
        self.ledger = SqliteLedger(folder / "ledger.sqlite")
        self.ledger.set_identity(
            TillIdentity(self.paired.till_id, self.paired.till_code, self.paired.till_name)
        )
        self.catalogue = SqliteCatalogue(folder / "catalogue.sqlite")
        self.cycle = self.build_cycle()

    def close(self) -> None:
        self.cycle.stop()
        self.direct.close()
        self.ledger.close()
        self.catalogue.close()

    @property
    def hub(self) -> Hub:
        assert self.running.hub is not None
        return self.running.hub

    @property
    def status(self) -> SyncStatus:
        return self.statuses[-1]

    def build_cycle(
        self,
        read_timeout_s: float = 10.0,
        *,
        url: str | None = None,
        outbox: Outbox | None = None,
        on_status: Callable[[SyncStatus], None] | None = None,
        on_catalogue: Callable[[CatalogueChanged], None] | None = None,
    ) -> SyncCycle:
        """Through the proxy, unless another way is named; with the till's own ledger, unless another."""
        limits = HttpLimits(read_timeout_s=read_timeout_s)
        return SyncCycle(
            HttpHubApi(url or self.proxy.url, self.paired.token, limits=limits),
            outbox or self.ledger,
            self.catalogue,
            SystemClock(),
            app_version="1",
            hub_id=self.paired.hub_id,
            on_status=on_status or self.on_status,
            on_catalogue=on_catalogue or self.changes.append,
            settings=SyncSettings(soonest_retry_s=0.0),
            backoff=Backoff(first_s=1_000.0, most_s=1_000.0),
        )

    # ------------------------------------------------------------- the till

    def sell(self, sales: int = 1) -> None:
        """Each sale is £1.20 per line, a line more than the last, VAT 20 %, paid in cash."""
        for _ in range(sales):
            number = len(self.sold) + 1
            basket = a_basket(*(a_line(f"line-{line}", 120) for line in range(1, number % 5 + 2)))
            basket.uuid = f"sale-{number}"
            tender = replace(cash(basket.totals().total_minor), tender_id=f"tender-{number}")
            sale = replace(a_sale(basket, tender, counter=number), till_code=self.paired.till_code)
            movement = DrawerMovement(
                movement_id=f"movement-{number}",
                session_id=sale.session_id,
                kind=MovementKind.TENDER,
                amount_minor=sale.total_minor,
                at=sale.completed_at,
                operator_id=sale.operator_id,
                sale_uuid=sale.uuid,
            )
            body = msgspec.json.encode(sale_body(sale, [movement]))
            with self.ledger.write() as write:
                write.record(Fact(Kind.SALE, BODY_VERSION, sale.completed_at, sale.business_date, body))
                write.commit()
            self.sold.append(sale)

    def run_until_idle(self) -> None:
        """Rounds until one ends well; a backoff is not waited for."""
        for _ in range(10):
            if self.cycle.run().full_s <= SyncSettings().idle_s:
                return
        raise AssertionError(f"still not well after ten rounds: {self.status}")

    # -------------------------------------------------------------- the hub

    def change_item(self, item_code: str, patch: ItemPatch) -> None:
        with self.hub.database.writing() as connection:
            edit_item(connection, item_code, patch)

    def remove_items(self, *item_codes: str) -> None:
        with self.hub.database.writing() as connection:
            for item_code in item_codes:
                remove_item(connection, item_code)

    def add_picture(self, file_name: str, content: bytes) -> None:
        with self.hub.database.writing() as connection:
            store_picture(connection, file_name, content)

    def new_epoch(self) -> None:
        with self.hub.database.writing() as connection:
            start_new_epoch(connection, "2026-11-24T12:00:00.000000Z")

    # --------------------------------------------------------- both of them

    def assert_hub_has_each_fact_once(self) -> None:
        """The hub's journal is the till's, and its sums are those of what was sold."""
        ours = self.ledger.entries_after(0, 100_000, 1_000_000_000)
        with self.hub.database.reading() as connection:
            theirs = connection.execute(entry_table.select().order_by(entry_table.c.seq)).all()
        assert [(row.seq, row.uuid, row.hash, row.body) for row in theirs] == [
            (entry.seq, entry.uuid, entry.hash, entry.body) for entry in ours
        ]
        assert all(is_intact(self.paired.till_id, entry) for entry in ours)
        assert self.ledger.unsent().entries == 0
        totals: TillTotals = self.direct.totals()
        sold_minor = sum(sale.total_minor for sale in self.sold)
        assert (totals.transactions, totals.gross_minor) == (len(self.sold), sold_minor)
        assert totals.tax_minor == sum(sale.tax_minor for sale in self.sold)
        assert totals.cash_minor == sold_minor
        assert (totals.quarantined, totals.differences) == (0, 0)

    def assert_catalogue_is_the_hubs(self, prices_minor: dict[str, int]) -> None:
        found = {
            item.item_code: item.price_minor
            for department in self.catalogue.departments()
            for item in self.catalogue.items_in_department(department.department_id, 10_000)
        }
        assert found == prices_minor


@contextmanager
def real_shop(folder: Path, items: int) -> Iterator[RealShop]:
    """Items I000, I001 … of the department Fruit at £1.00."""
    import_from = folder / "import"
    import_from.mkdir()
    lines = ["item_code,name,department,vat_code,price,picture"]
    lines += [f"I{number:03},Item {number},FRUIT,A,1.00,{number}.png" for number in range(items)]
    for name, content in {**SHOP_FILES, "items.csv": "\n".join(lines) + "\n"}.items():
        (import_from / name).write_text(content)
    with RunningHub(folder / "hub.sqlite") as running:
        assert running.hub is not None
        for report in import_folder(running.hub.database, import_from, utc_now()):
            assert not report.refused, report
        with FaultyProxy(running.url) as proxy:
            shop = RealShop(folder, running, proxy)
            try:
                yield shop
            finally:
                shop.close()
