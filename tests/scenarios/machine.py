"""A stateful machine: tills, hub and network at random, against a simple model of what must come out.

The model is a list of facts (what each till's people did) and a dictionary of the hub's goods. A settled
world is judged by the oracle; in between each till must be sound by itself.
"""

import shutil
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.end_to_end.shop import MILK, MINTS
from tests.scenarios.lane import Lane
from tests.scenarios.oracle import (
    assert_both_sides_are_equal,
    assert_sound,
    facts_of,
    prices_at,
)
from tests.scenarios.site import HubSite, SqliteStorage
from tests.sync.faulty_proxy import Fault
from till_app.domain.journal import JournalEntry
from till_app.domain.session import MovementKind
from till_app.services.chains import ChainReason
from till_app.services.ports import Fact
from till_app.services.status import LinkState
from till_app.sync.codes import SyncCode
from till_app.wire.exchange import ErrorCode

FAULTS = [fault for fault in Fault if fault not in (Fault.HOLD, Fault.SLOW_DRIP)]
"""Those that take no time."""
PATHS = ["/v1/hello", "/v1/journal", "/v1/changes", "/v1/sweep"]
MOST_TILLS = 2
NEEDS_PAIRING = (ErrorCode.FORK, ErrorCode.UNAUTHORISED, SyncCode.TILL_RESTORED)
GOODS = {"MILK": 165, "MINTS": 60}
TRIES = 6

tills = st.integers(0, MOST_TILLS - 1)
codes = st.lists(st.sampled_from([MILK, MINTS]), min_size=1, max_size=3)
prices_minor = st.integers(1, 900)


class ShopMachine(RuleBasedStateMachine):
    def __init__(self, stocked_file: Path) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="till-machine-"))
        self.site = HubSite(SqliteStorage(Path(shutil.copy(stocked_file, self.folder / "hub.sqlite"))))
        self.lanes: list[Lane] = []
        self.copies: dict[int, Path] = {}
        """Of the disk of each till."""
        self.prices = dict(GOODS)
        self.prices_at_backup: dict[str, int] | None = None
        self.facts: dict[str, JournalEntry] = {}
        """All that ever happened, but what was lost with a disk before it was sent."""
        self.receipts: list[list[str]] = []
        self._names = 0
        self._add_till(self._new_folder("till"))
        self.lanes[0].pair()
        self.lanes[0].settle()
        self.lanes[0].begin_day()

    def teardown(self) -> None:
        try:
            if self.lanes:
                self.all_is_exchanged()
        finally:
            for lane in self.lanes:
                lane.__exit__(None, None, None)
            self.site.stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _new_folder(self, what: str) -> Path:
        self._names += 1
        return self.folder / f"{what}-{self._names}"

    def _add_till(self, folder: Path) -> Lane:
        lane = Lane(folder, self.site)
        self.lanes.append(lane)
        return lane

    def _lane(self, number: int) -> Lane:
        return self.lanes[number % len(self.lanes)]

    # ------------------------------------------------------------ at the till

    @rule(till=tills, codes=codes)
    def sell(self, till: int, codes: list[str]) -> None:
        self._lane(till).sell(*codes)

    @rule(till=tills)
    def give_back(self, till: int) -> None:
        lane = self._lane(till)
        for sale in lane.sales(5):
            is_whole = all(line.quantity_milli > 0 for line in sale.lines)
            if is_whole and not lane.till.ledger.returned(sale.uuid):
                lane.take_back(sale)
                return

    @rule(till=tills)
    def void(self, till: int) -> None:
        selling = self._lane(till).till.services.selling
        selling.scan(MILK)
        selling.void_basket()

    @rule(till=tills, amount_minor=st.integers(1, 5_000), kind=st.sampled_from(["paid_in", "paid_out"]))
    def move_cash(self, till: int, amount_minor: int, kind: str) -> None:
        self._lane(till).till.services.cash_control.move(MovementKind(kind), amount_minor, "post")

    @rule(till=tills)
    def close_the_day_and_open_the_next(self, till: int) -> None:
        lane = self._lane(till)
        lane.till.services.reporting.close_day({})
        lane.begin_day()

    @rule(till=tills)
    def restart_the_till(self, till: int) -> None:
        self._lane(till).reopen()

    @rule(till=tills)
    def record_what_no_hub_knows(self, till: int) -> None:
        """The hub keeps it, says so, and waits for a person."""
        workplace = self._lane(till).till.services.workplace
        with self._lane(till).till.ledger.write() as write:
            write.record(Fact("of_tomorrow", 1, workplace.now_text(), workplace.business_date, b'{"a":1}'))
            write.commit()

    # ------------------------------------------------------------- the network

    @rule(till=tills, fault=st.sampled_from(FAULTS), path=st.sampled_from(PATHS), hangs_up=st.booleans())
    def exchange(self, till: int, fault: Fault, path: str, hangs_up: bool) -> None:
        lane = self._lane(till)
        if hangs_up:
            lane.hang_up()
        lane.proxy.once(path, fault)
        lane.round()
        lane.proxy.by_rule(None)

    @rule(till=tills)
    def compare_everything(self, till: int) -> None:
        self._lane(till).cycle.check_everything()
        self._lane(till).round()

    # ------------------------------------------------------------- at the hub

    @rule(code=st.sampled_from(sorted(GOODS)), price_minor=prices_minor)
    def edit(self, code: str, price_minor: int) -> None:
        self.site.set_price(code, price_minor)
        self.prices[code] = price_minor

    @rule(number=st.integers(1, 3), price_minor=prices_minor)
    def add(self, number: int, price_minor: int) -> None:
        self.site.put_item(f"NEW{number}", price_minor)
        self.prices[f"NEW{number}"] = price_minor

    @rule(number=st.integers(1, 3))
    def delete(self, number: int) -> None:
        if self.prices.pop(f"NEW{number}", None) is not None:
            self.site.remove_item(f"NEW{number}")

    @rule()
    def restart_the_hub(self) -> None:
        self.site.stop()
        self.lanes[0].round()
        self.site.start()

    @rule()
    def back_up_the_hub(self) -> None:
        self.site.back_up()
        self.prices_at_backup = dict(self.prices)

    @precondition(lambda self: self.prices_at_backup is not None)
    @rule()
    def put_the_hub_back(self) -> None:
        assert self.prices_at_backup is not None
        self.site.put_back()
        self.prices = dict(self.prices_at_backup)

    @rule()
    def a_person_settles_what_waits(self) -> None:
        self.site.set_aside_all()

    # --------------------------------------------------------------- the disks

    @rule(till=tills)
    def copy_the_disk(self, till: int) -> None:
        number = till % len(self.lanes)
        copy = self._new_folder("copy")
        self.lanes[number].copy_disk(copy)
        self.copies[number] = copy

    @rule(till=tills)
    def put_the_disk_back(self, till: int) -> None:
        """What was sent stays at the hub: no older backup of it may follow."""
        number = till % len(self.lanes)
        if number not in self.copies:
            return
        self.all_is_exchanged()
        self.prices_at_backup = None
        self.lanes[number].put_back(self.copies[number])
        self.lanes[number].begin_day()

    @precondition(lambda self: len(self.lanes) < MOST_TILLS)
    @rule()
    def clone(self) -> None:
        first = self.lanes[0]
        folder = self._new_folder("till")
        first.copy_disk(folder)
        clone = self._add_till(folder)
        clone.till.move_hub(clone.proxy.url)
        clone.begin_day()

    # ------------------------------------------------------------- what must be

    @invariant()
    def each_till_is_sound(self) -> None:
        for lane in self.lanes:
            assert_sound(lane)

    @rule()
    def all_is_exchanged(self) -> None:
        for lane in (*self.lanes, *self.lanes):
            self._settle(lane)
        self.site.set_aside_all()
        for lane in self.lanes:
            self._settle(lane)
        self.facts |= facts_of(self.lanes)
        assert_both_sides_are_equal(self.site, *self.lanes, flagged=None, only_at_hub=self.facts)
        assert prices_at(self.lanes[0]) == self.prices

    def _settle(self, lane: Lane) -> None:
        """As a person does who reads what the till says."""
        for _ in range(TRIES):
            status = lane.round()
            if status.state is LinkState.REFUSED and status.error_code in NEEDS_PAIRING:
                lane.pair(ChainReason.FORKED, export_to=self._new_folder("unsent"))
            elif status.error_code == SyncCode.MASS_REMOVAL:
                lane.cycle.accept_removal()
            elif not status.error_code:
                break
        lane.settle()
