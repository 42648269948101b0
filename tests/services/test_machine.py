"""The reading of the machine under the till, from real files."""

from pathlib import Path

from till_app.services.device_status import DeviceHealth, DeviceState
from till_app.services.machine import Machine
from till_app.services.status import LinkState, PrinterState, PrinterStatus, SyncStatus


def test_a_reading_counts_each_database_with_its_log(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"x" * 1000)
    (tmp_path / "ledger.sqlite-wal").write_bytes(b"x" * 234)
    machine = Machine(
        "0.1.0",
        tmp_path / "ledger.sqlite",
        tmp_path / "catalogue.sqlite",
        lambda: "ok",
        lambda: SyncStatus(LinkState.ONLINE, clock_skew_s=-7),
        lambda: PrinterStatus(PrinterState.WAITING, "paper_out"),
        lambda: (DeviceHealth("receipt_printer", DeviceState.NEEDS_SOMEBODY), DeviceHealth("scale")),
    )
    reading = machine.read()
    assert (reading.ledger_bytes, reading.catalogue_bytes) == (1234, 0)
    assert (reading.clock_skew_s, reading.ledger_check, reading.printer) == (-7, "ok", "waiting")
    assert reading.devices == {"receipt_printer": "needs_somebody"}
    assert reading.free_disk_bytes > 0
    assert reading.system
