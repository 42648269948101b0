"""A sale's other papers on a printer: the logo at their head, and a code that brings the sale back."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hardware.simulated.escpos_text import to_text
from hardware.simulated.paper import paper_picture
from hardware.simulated.printer import SimulatedPrinter
from tests.devices.print_room import IMPATIENT, Heard
from tests.services.counter import ShopCounter, open_counter
from till_app.devices.printers import PrintingFiles
from till_app.devices.printing import TillPrinting
from till_app.services.device_settings import DeviceSettings, PrinterSettings
from till_app.services.status import PrinterStatus

MILK = "5000128104517"
RASTER = b"\x1dv0"


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[ShopCounter]:
    with open_counter(tmp_path) as opened:
        opened.begin_day()
        yield opened


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    path = tmp_path / "logo.png"
    Image.new("L", (200, 60), 0).save(path)
    return path


def print_papers(counter: ShopCounter, logo: Path, *, prints_logo: bool) -> list[bytes]:
    """Of a sale its receipt, gift receipt and pick-up slip, as the printer got them."""
    number = counter.sell(MILK)
    sale = counter.ledger.sale_by_receipt(number)
    assert sale is not None
    counter.services.documents.gift_receipt(sale)
    counter.services.documents.pick_up_slip(sale)
    statuses: Heard[PrinterStatus] = Heard()
    with SimulatedPrinter() as printer:
        printing = TillPrinting(
            DeviceSettings(printer=PrinterSettings(printer.address, prints_logo=prints_logo)),
            counter.ledger,
            on_status=statuses,
            on_health=lambda _health: None,
            on_drawer=lambda _event: None,
            files=PrintingFiles(logo=logo, patience=IMPATIENT),
        )
        printing.start()
        try:
            return printer.wait_for_jobs(3)
        finally:
            printing.stop()


def test_the_logo_stands_at_the_head_of_each_document(counter: ShopCounter, logo: Path) -> None:
    for paper in print_papers(counter, logo, prints_logo=True):
        assert paper.count(RASTER) == 1
        assert paper.index(RASTER) < paper.index(b"High Street Grocers")


def test_a_printer_that_is_not_set_to_print_it_leaves_the_logo_out(counter: ShopCounter, logo: Path) -> None:
    assert [paper.count(RASTER) for paper in print_papers(counter, logo, prints_logo=False)] == [0, 0, 0]


def test_a_logo_that_is_gone_stops_no_receipt(counter: ShopCounter, logo: Path) -> None:
    logo.unlink()
    papers = print_papers(counter, logo, prints_logo=True)
    assert [paper.count(RASTER) for paper in papers] == [0, 0, 0]


def test_what_is_read_from_the_paper_of_a_gift_receipt_brings_the_sale_back(
    counter: ShopCounter, logo: Path
) -> None:
    receipt, gift, slip = print_papers(counter, logo, prints_logo=True)
    judge: Any = importlib.import_module("zxingcpp")
    codes = [
        code.text for paper in (receipt, gift, slip) for code in judge.read_barcodes(paper_picture(paper))
    ]
    assert codes == ["RN2-000001", "GR2-000001", "RN2-000001"]
    assert "1.65" not in to_text(gift)
    found = counter.services.returns.find(codes[1])
    assert found is not None
    counter.services.returns.add(found.sale.uuid, {1: 1000})
    assert counter.services.checkout.total_minor == -165
