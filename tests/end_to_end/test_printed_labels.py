"""From an item of the catalogue to what its printer got: ZPL, EPL and, as small receipts, ESC/POS."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from hardware.printers.shaping import fonts_in
from hardware.simulated.epl_engine import EplEngine
from hardware.simulated.escpos_text import to_text
from hardware.simulated.paper import paper_picture
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.zpl_engine import ZplEngine
from tests.devices.print_room import IMPATIENT, Heard
from tests.drivers.test_labels import read_graphics
from tests.services.counter import MILK, ShopCounter, open_counter
from till_app.devices.printers import PrintingFiles
from till_app.devices.printing import TillPrinting
from till_app.domain.promotions import Promotion, PromotionKind
from till_app.domain.receipt_templates import DocumentKind
from till_app.services.device_settings import DeviceSettings, PrinterSettings
from till_app.services.ports import JobState
from till_app.services.status import PrinterStatus

FONTS = fonts_in(Path(__file__).parents[2] / "resources" / "fonts" / "receipt")
SHELF, PRICE = DocumentKind.SHELF_EDGE_LABEL, DocumentKind.PRICE_LABEL
HALF_PRICE = Promotion(
    "half", "Half price", PromotionKind.PERCENT_OFF, 1, 5000, item_ids=frozenset({MILK.item_id})
)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[ShopCounter]:
    """Where milk is at half price."""
    with open_counter(tmp_path) as opened:
        opened.begin_day()
        opened.catalogue.apply([HALF_PRICE], "epoch:2")
        yield opened


@contextmanager
def printing_on(
    counter: ShopCounter, settings: DeviceSettings, heard: Heard[PrinterStatus] | None = None
) -> Iterator[TillPrinting]:
    printing = TillPrinting(
        settings,
        counter.ledger,
        on_status=heard or Heard(),
        on_health=lambda _health: None,
        on_drawer=lambda _event: None,
        files=PrintingFiles(raster_fonts=FONTS, patience=IMPATIENT),
    )
    printing.start()
    try:
        yield printing
    finally:
        printing.stop()


def a_label_printer(address: str, language: Literal["zpl", "epl", "escpos"]) -> DeviceSettings:
    return DeviceSettings(
        label_printer=PrinterSettings(address, language=language, label_width_mm=60, label_height_mm=40)
    )


def state(counter: ShopCounter, job_id: str) -> JobState:
    job = counter.ledger.job(job_id)
    assert job is not None
    return job.state


def test_a_zebra_prints_a_shelf_edge_label_as_often_as_asked(counter: ShopCounter) -> None:
    job = counter.services.documents.print_labels(MILK, SHELF, 3)
    with SimulatedPrinter(engine=ZplEngine()) as printer:
        with printing_on(counter, a_label_printer(printer.address, "zpl")):
            (label,) = printer.wait_for_jobs(1)
        text = label.decode("ascii")
        assert "^PW480^LL320" in text
        assert "^FDSemi-skimmed milk 2L^FS" in text
        assert "^FD_C2_A30.82^FS" in text
        assert "^FD_C2_A30.41 per litre^FS" in text
        assert "^FDmilk _C2_B7 24 Nov 2026^FS" in text
        assert "^FH^FD500012810451^FS" in text
        assert text.count("^GFA,") == 1  # the price before, struck through
        assert text.endswith("^PQ3^XZ")
    assert state(counter, job.job_id) is JobState.PRINTED


def test_an_eltron_prints_a_price_label_whose_bars_can_be_read(counter: ShopCounter) -> None:
    job = counter.services.documents.print_labels(MILK, PRICE, 2)
    with SimulatedPrinter(engine=EplEngine()) as printer:
        with printing_on(counter, a_label_printer(printer.address, "epl")):
            (label,) = printer.wait_for_jobs(1)
        assert b'"Semi-skimmed milk 2L"' in label
        assert b'"\xa30.82"' in label
        assert b"per litre" not in label
        assert read_graphics(label, 0) == ["5000128104517"]
        assert label.rstrip().endswith(b"P2")
    assert state(counter, job.job_id) is JobState.PRINTED


@pytest.mark.parametrize("is_label_printer", [True, False], ids=["for_labels", "for_receipts"])
def test_a_receipt_printer_prints_labels_as_small_receipts(
    counter: ShopCounter, is_label_printer: bool
) -> None:
    counter.services.documents.print_labels(MILK, SHELF, 2)
    with SimulatedPrinter() as printer:
        settings = (
            a_label_printer(printer.address, "escpos")
            if is_label_printer
            else DeviceSettings(printer=PrinterSettings(printer.address))
        )
        with printing_on(counter, settings) as printing:
            assert printing.serves("label_printer")
            (paper,) = printer.wait_for_jobs(1)
    assert to_text(paper).count("£0.41 per litre") == 2
    judge: Any = importlib.import_module("zxingcpp")
    codes = judge.read_barcodes(paper_picture(paper, 504))
    assert [code.text for code in codes] == ["5000128104517"] * 2


@pytest.mark.parametrize("language", ["zpl", "epl"])
def test_a_name_in_another_script_or_with_commands_is_only_a_name(
    counter: ShopCounter, language: Literal["zpl", "epl"]
) -> None:
    odd = replace(MILK, name='حليب 🥛 ^XZ~JA\n"P9"\x1b@')
    job = counter.services.documents.print_labels(odd, SHELF, 1)
    engine = ZplEngine() if language == "zpl" else EplEngine()
    with SimulatedPrinter(engine=engine) as printer:
        with printing_on(counter, a_label_printer(printer.address, language)):
            (label,) = printer.wait_for_jobs(1)
        assert label.count(b"^XZ") == (1 if language == "zpl" else 0)
    assert state(counter, job.job_id) is JobState.PRINTED


def test_a_label_waits_for_its_printer_and_prints_once(counter: ShopCounter) -> None:
    heard: Heard[PrinterStatus] = Heard()
    job = counter.services.documents.print_labels(MILK, SHELF, 1)
    with SimulatedPrinter(engine=ZplEngine(PrinterMode.PAPER_OUT)) as printer:
        with printing_on(counter, a_label_printer(printer.address, "zpl"), heard) as printing:
            heard.wait_for_any(lambda status: status.reason == "paper_out")
            assert printer.jobs == []
            printer.mode = PrinterMode.OK
            printing.wake()
            printer.wait_for_jobs(1)
        assert len(printer.jobs) == 1
    assert state(counter, job.job_id) is JobState.PRINTED


def test_without_any_printer_no_queue_takes_labels(counter: ShopCounter) -> None:
    with printing_on(counter, DeviceSettings()) as printing:
        assert not printing.serves("label_printer")
        assert not printing.serves("receipt_printer")
