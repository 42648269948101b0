"""A real hub over HTTP with a small imported shop, and real tills put together as the program does it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from till_app.bootstrap import Listeners, Till
from till_app.hub.server import RunningHub
from till_app.services.device_settings import DeviceSettings
from till_app.services.status import CatalogueChanged, SyncStatus
from till_app.sync.cycle import SyncSettings
from till_app.till_files import TillFiles

PIN = "480615"
MILK, MINTS = "5000128104517", "50184323"
FILES = {
    "shop": "key,value\nname,High Street\naddress_1,1 High Street\nvat_number,GB 123 4567 82\ncurrency,GBP\n",
    "vat-codes": "code,name,rate_percent,kind\nA,Standard,20,standard\nZ,Zero,0,zero\n",
    "departments": "code,name,position\nGR,Grocery,1\n",
    "items": (
        "item_code,name,description,department,vat_code,price,open_price,unit,plu,barcodes,minimum_age,stock,"
        "picture\n"
        f"MILK,Semi-skimmed milk 2L,,GR,Z,1.65,no,each,,{MILK},,48,\n"
        f"MINTS,Mints,,GR,A,0.60,no,each,,{MINTS},,100,\n"
    ),
    "staff": f"staff_code,name,role,pin\n31,Morag,manager,{PIN}\n",
}
IMPATIENT = SyncSettings(idle_s=0.05, soonest_retry_s=0.05)


class Heard:
    """What a till's background thread reported, and waiting for what is wanted."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.status = SyncStatus()

    def on_sync(self, status: SyncStatus) -> None:
        with self._changed:
            self.status = status
            self._changed.notify_all()

    def on_catalogue(self, _change: CatalogueChanged) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait(self, happened: Callable[[], bool], timeout_s: float = 30.0) -> None:
        with self._changed:
            assert self._changed.wait_for(happened, timeout_s), self.status


def admin(hub: RunningHub, method: str, path: str, **arguments: object) -> requests.Response:
    answer = requests.request(
        method,
        hub.url + path,
        headers={"Authorization": f"Bearer {hub.admin_token}"},
        timeout=30,
        **arguments,  # type: ignore[arg-type]
    )
    answer.raise_for_status()
    return answer


@contextmanager
def open_shop(folder: Path) -> Iterator[RunningHub]:
    with RunningHub(folder / "hub.sqlite") as hub:
        for kind, text in FILES.items():
            admin(hub, "POST", f"/v1/admin/imports/{kind}", data=text.encode())
        yield hub


def pair(till: Till, hub: RunningHub, name: str = "Till") -> None:
    code = admin(hub, "POST", "/v1/admin/pairing-codes").json()["code"]
    till.pair(hub.url, code, name)
    till.load_catalogue()


@contextmanager
def open_till(folder: Path) -> Iterator[tuple[Till, Heard]]:
    """As the program puts it together, without a window; not started."""
    heard = Heard()
    till = Till(
        TillFiles(folder),
        DeviceSettings(),
        Listeners(on_sync=heard.on_sync, on_catalogue=heard.on_catalogue),
        sync_settings=IMPATIENT,
    )
    try:
        yield till, heard
    finally:
        till.close()


def begin_day(till: Till) -> None:
    (member,) = till.services.sign_on.staff()
    till.services.sign_on.sign_on(member.staff_id, PIN)
    if till.services.workplace.session is None:
        till.services.cash_control.open_session(10_000)


def sell(till: Till, *codes: str) -> str:
    """Scan and pay in cash; the receipt number."""
    for code in codes:
        till.services.selling.scan(code)
    till.services.checkout.pay_cash(till.services.checkout.balance_minor)
    return till.services.checkout.complete().sale.receipt_number
