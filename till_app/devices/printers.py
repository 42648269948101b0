"""Settings become printers and drawers: which driver, which profile, which way to the device."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hardware.addresses import parse_address
from hardware.drawers.drawer import Drawer, TriggerDrawer, trigger_bytes
from hardware.printers.epl import EplLanguage
from hardware.printers.escpos_encoder import PrinterProfile
from hardware.printers.label_printer import LabelPrinter
from hardware.printers.receipt_printer import Patience, ReceiptPrinter
from hardware.printers.zpl import ZplLanguage
from till_app.services.device_settings import DrawerSettings, PrinterSettings


@dataclass(frozen=True, slots=True)
class PrintingFiles:
    """What printing reads and keeps beside the ledger."""

    raster_fonts: Sequence[Path] = ()
    """For texts that a printer's code page lacks, best first."""
    logo: Path | None = None
    """A PNG, on documents of printers that are set to print it."""
    roll_folder: Path | None = None
    """Where the receipts on each printer's roll are counted; None: only until the program ends."""
    patience: Patience = field(default_factory=Patience)


def receipt_printer(
    settings: PrinterSettings, drawer: DrawerSettings, files: PrintingFiles
) -> ReceiptPrinter:
    """Raises DeviceError for an address and ValueError for a profile that cannot be."""
    has_logo = settings.prints_logo and files.logo is not None and files.logo.is_file()
    images = {"logo": files.logo} if has_logo and files.logo is not None else {}
    profile = PrinterProfile(
        columns=settings.columns,
        code_page=settings.code_page,
        escpos_profile=settings.escpos_profile,
        cutter=settings.cutter,
        density=settings.density,
        drawer_pin=settings.drawer_pin,
        drawer_pulse_ms=drawer.pulse_ms,
        raster_fonts=tuple(files.raster_fonts),
        images=images,
    )
    return ReceiptPrinter(
        parse_address(settings.address).open,
        profile,
        trust_silence=settings.trust_silence,
        patience=files.patience,
    )


def label_printer(settings: PrinterSettings, files: PrintingFiles) -> LabelPrinter:
    """Raises DeviceError for an address that cannot be."""
    make_language = ZplLanguage if settings.language == "zpl" else EplLanguage
    return LabelPrinter(
        parse_address(settings.address).open,
        make_language(settings.dots_per_mm, tuple(files.raster_fonts)),
        trust_silence=settings.trust_silence,
        patience=files.patience,
    )


def own_drawer(settings: DrawerSettings) -> Drawer:
    """With a connection of its own. Raises DeviceError for its address and ValueError for its trigger."""
    return TriggerDrawer(parse_address(settings.address).open, trigger_bytes(settings.trigger))
