"""A ledger and the devices' centre over it, with all that it reports kept, and impatient drivers."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hardware.discovery.found import Found
from hardware.discovery.search import find_all
from tests.devices.print_room import IMPATIENT, Heard, a_document_job
from tests.store.builders import a_ledger
from till_app.devices.centre import DeviceCentre, DeviceNeeds, DeviceNews
from till_app.devices.printers import PrintingFiles
from till_app.devices.settings import load_settings
from till_app.devices.terminal_opening import terminal_opener
from till_app.devices.testing import Patience
from till_app.services.device_settings import DeviceSettings
from till_app.services.device_status import DeviceHealth, DeviceState, DrawerEvent, LiveWeight, ScanHeard
from till_app.services.ports import JobState
from till_app.services.status import PrinterStatus
from till_app.store.ledger import SqliteLedger

TESTS = Patience(scan_s=5.0, weight_s=0.5, drawer_s=0.05, poll_s=0.02)


@dataclass
class DeviceRoom:
    ledger: SqliteLedger
    centre: DeviceCentre
    file: Path
    statuses: Heard[PrinterStatus]
    healths: Heard[DeviceHealth]
    drawer: Heard[DrawerEvent]
    scans: Heard[ScanHeard]
    weights: Heard[LiveWeight]
    changes: Heard[Mapping[str, str]]
    finds: list[Found]

    def print(self, *job_ids: str) -> None:
        """As sales do it, one transaction each; the printers hear of each."""
        for job_id in job_ids:
            with self.ledger.write() as write:
                write.add_print_job(a_document_job(job_id))
                write.commit()
            self.centre.printing.wake()

    def state(self, job_id: str) -> JobState:
        job = self.ledger.job(job_id)
        assert job is not None
        return job.state

    def health(self, device: str) -> DeviceHealth:
        return next(health for health in self.centre.health() if health.device == device)

    def saved(self) -> DeviceSettings:
        return load_settings(self.file)


@contextmanager
def device_room(folder: Path, settings: DeviceSettings | None = None) -> Iterator[DeviceRoom]:
    """No thread of the till's is left when it ends."""
    before = set(threading.enumerate())
    room_file = folder / "devices.json"
    finds: list[Found] = []
    changes: Heard[Mapping[str, str]] = Heard()
    statuses, healths, drawer = Heard[PrinterStatus](), Heard[DeviceHealth](), Heard[DrawerEvent]()
    scans, weights = Heard[ScanHeard](), Heard[LiveWeight]()

    def find_the_named(
        on_found: Callable[[Found], None], network: str, *, is_wanted: Callable[[], bool]
    ) -> None:
        """The real search, in place of what this machine happens to have."""
        find_all(on_found, network, is_wanted=is_wanted, local_searches=(lambda: iter(finds),))

    with a_ledger(folder / "ledger.sqlite") as ledger:
        centre = DeviceCentre(
            settings or DeviceSettings(),
            DeviceNeeds(
                jobs=ledger,
                open_payments=ledger.open_payments,
                find_secret=lambda _name: None,
                open_terminal=terminal_opener(folder / "terminal.json"),
                printing_files=PrintingFiles(
                    roll_folder=folder, logo=folder / "logo.png", patience=IMPATIENT
                ),
                settings_file=room_file,
                patience=TESTS,
                find_all=find_the_named,
            ),
            DeviceNews(
                on_status=statuses,
                on_health=healths,
                on_drawer=drawer,
                on_scan=scans,
                on_weight=weights,
                on_payment=lambda _news: None,
                on_settings=lambda _settings, changed: changes(changed),
            ),
        )
        room = DeviceRoom(
            ledger, centre, room_file, statuses, healths, drawer, scans, weights, changes, finds
        )
        centre.start()
        try:
            yield room
        finally:
            centre.stop()
    assert {thread for thread in threading.enumerate() if thread not in before} == set()


def is_ready(health: DeviceHealth) -> bool:
    return health.state is DeviceState.READY
