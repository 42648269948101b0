"""A soak: many tills sell to one hub through a bad network; it is killed once, and goods change meanwhile."""

import csv
import io
import itertools
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy import Connection

from tests.soak.chaos import Chaos
from tests.soak.hub_place import ITEM_COLUMNS, ITEMS, HubPlace, HubProcess, fill, priced_items
from tests.soak.proof import prove
from tests.soak.till import Sent, SoakTill
from tests.sync.faulty_proxy import FaultyProxy
from till_app.hub.server import allow_many_connections
from till_app.store.ledger import SqliteLedger

AWAY_S = 1.0
"""For how long the killed hub stays away."""
UPDATE_EVERY_S = 2.0
UPDATED_ITEMS = 50
_LOOK_S = 0.05
_REQUEST_S = 30.0


Proof = Callable[[Connection, Sequence[SoakTill]], None]


class SoakFailed(AssertionError):
    """In words, what was lost, doubled or not done in time."""


@dataclass(frozen=True, slots=True)
class SoakPlan:
    tills: int
    sales: int
    """Of all tills together."""
    shops: int = 5
    faults: float = 0.05
    seed: int = 1
    deadline_s: float = 1_800.0
    update_every_s: float = UPDATE_EVERY_S


@dataclass(frozen=True, slots=True)
class SoakReport:
    sales: int
    selling_s: float
    """From the first sale until the hub had acknowledged the last."""
    requests: int
    """Of all kinds, that met the network."""
    faults: Counter[str]
    sent: Sent
    updates: int
    """Of the catalogue that the hub took meanwhile."""
    compared_records: int
    load: float

    def words(self) -> str:
        faults, failures = _listed(self.faults), _listed(self.sent.failures)
        return (
            f"{self.sales:,} sales in {self.selling_s:.1f} s: {self.sales / self.selling_s:.1f} sales/s"
            f" (load {self.load:.1f})\n"
            f"{self.requests:,} requests, {self.faults.total():,} of them met a fault: {faults}\n"
            f"{self.sent.requests:,} journal requests, {self.sent.repeated_requests:,} of them retries:"
            f" {self.sent.repeated_entries:,} entries again, {self.sent.known_at_hub:,} of them known\n"
            f"journal requests without success: {failures}\n"
            f"the hub was killed once; {self.updates:,} catalogue updates;"
            f" {self.compared_records:,} records compared between tills and hub, none differed\n"
            "no sale lost, none doubled, sums and stock equal"
        )


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


class Soak:
    def __init__(
        self,
        plan: SoakPlan,
        place: HubPlace,
        folder: Path,
        proof: Proof = prove,
    ) -> None:
        self._proof = proof
        self._plan = plan
        self._place = place
        self._folder = folder
        self._stopping = threading.Event()
        self._deadline = time.monotonic() + plan.deadline_s
        self._chaos = Chaos(plan.faults, plan.seed)
        self._sent = Sent()
        self._updates = 0
        self._update_trouble: BaseException | None = None
        self._tills: list[SoakTill] = []

    def run(self) -> SoakReport:
        """Raises SoakFailed, and AssertionError where both sides differ."""
        allow_many_connections()
        plan = self._plan
        admin_token, paired = fill(self._place, self._folder / "import", plan.shops, plan.tills)
        empty_ledger = self._folder / "empty.sqlite"
        SqliteLedger(empty_ledger).close()
        with ExitStack() as stack:
            hub = HubProcess(self._place, self._folder / "hub.log")
            stack.callback(hub.stop)
            hub.start()
            proxy = stack.enter_context(FaultyProxy(hub.url))
            stack.callback(hub.stop)  # before the proxy waits for answers
            proxy.by_rule(self._chaos)
            for number, answer in enumerate(paired):
                folder = self._folder / f"till-{number + 1}"
                till = SoakTill(folder, empty_ledger, answer, proxy.url, self._sent, plan.seed + number)
                stack.callback(till.close)
                self._tills.append(till)
            selling_s = self._sell_everything(hub, admin_token)
            for till in self._tills:
                till.sync.stop()
            compared = 0
            for till in self._tills:
                records, different = till.differences_from(hub.url)
                assert different == 0, f"{till.paired.till_name}: {different} records are not the hub's"
                compared += records
            hub.stop()
            self._prove()
            return SoakReport(
                sales=sum(len(till.sold) for till in self._tills),
                selling_s=selling_s,
                requests=self._chaos.requests,
                faults=Counter({fault.value: count for fault, count in self._chaos.injected.items()}),
                sent=self._sent,
                updates=self._updates,
                compared_records=compared,
                load=os.getloadavg()[0],
            )

    def _prove(self) -> None:
        hub = self._place.open()
        try:
            with hub.database.writing() as connection:
                self._proof(connection, self._tills)
        finally:
            hub.close()

    # -------------------------------------------------------------- selling

    def _sell_everything(self, hub: HubProcess, admin_token: str) -> float:
        share, rest = divmod(self._plan.sales, self._plan.tills)
        began = time.monotonic()
        updating = threading.Thread(target=self._update_goods, args=(hub.url, admin_token), name="updates")
        cashiers = [
            threading.Thread(
                target=till.sell_all, args=(share + (number < rest), self._stopping), name=f"cashier-{number}"
            )
            for number, till in enumerate(self._tills)
        ]
        try:
            for till in self._tills:
                till.sync.start()
            for thread in (updating, *cashiers):
                thread.start()
            self._until(lambda: self._sold() >= self._plan.sales // 2, "half of the sales are not made")
            hub.kill()
            threading.Event().wait(AWAY_S)
            hub.start()
            self._until(lambda: self._sold() >= self._plan.sales, "not all sales are made")
            self._until(lambda: self._waiting() == 0, "not all sales are at the hub")
            return time.monotonic() - began
        finally:
            self._stopping.set()
            for thread in (updating, *cashiers):
                thread.join()

    def _until(self, is_reached: Callable[[], bool], otherwise: str) -> None:
        while not is_reached():
            if self._update_trouble is not None:
                raise SoakFailed("the catalogue could not be updated") from self._update_trouble
            for till in self._tills:
                if till.trouble is not None:
                    raise SoakFailed(f"{till.paired.till_name} stopped selling") from till.trouble
            if time.monotonic() > self._deadline:
                raise SoakFailed(
                    f"after {self._plan.deadline_s:.0f} s {otherwise}: {self._where_it_stands()}"
                )
            self._stopping.wait(_LOOK_S)

    def _sold(self) -> int:
        return sum(len(till.sold) for till in self._tills)

    def _waiting(self) -> int:
        return sum(till.ledger.unsent().entries for till in self._tills)

    def _where_it_stands(self) -> str:
        states = Counter(f"{till.status.state} {till.status.error_code}".strip() for till in self._tills)
        return f"{self._sold()} of {self._plan.sales} sold, {self._waiting()} wait; tills: {dict(states)}"

    # -------------------------------------------------------------- updates

    def _update_goods(self, hub_url: str, admin_token: str) -> None:
        """New prices for some items, over and over; an update that the dying hub did not answer is made
        again."""
        try:
            for round_number in itertools.count(1):
                first = round_number * UPDATED_ITEMS % ITEMS
                content = _items_csv(range(first, min(first + UPDATED_ITEMS, ITEMS)), 100 + round_number)
                while not self._stopping.is_set():
                    if _imported(hub_url, admin_token, content):
                        self._updates += 1
                        break
                    self._stopping.wait(_LOOK_S)
                if self._stopping.wait(self._plan.update_every_s):
                    return
        except BaseException as error:
            self._update_trouble = error


def _items_csv(numbers: Sequence[int], price_minor: int) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(ITEM_COLUMNS)
    writer.writerows(priced_items(numbers, price_minor))
    return text.getvalue().encode()


def _imported(hub_url: str, admin_token: str, content: bytes) -> bool:
    try:
        answer = requests.post(
            f"{hub_url}/v1/admin/imports/items",
            data=content,
            headers={"Authorization": f"Bearer {admin_token}"},
            timeout=_REQUEST_S,
        )
    except requests.ConnectionError:
        return False
    if answer.status_code in (500, 503):
        return False  # it was killed in the midst of one, and finishes that first
    assert answer.status_code == 200, answer.text
    assert answer.json()["refused_count"] == 0, answer.text
    return True
