"""The command line of what prints and opens drawers; each command imports what it does."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.bench.commands import PRINTER_ADDRESS, add_command
from hardware.bench.console import Console, ExitCode

if TYPE_CHECKING:
    from hardware.bench.commands import Commands
    from hardware.bench.printing import PrinterOptions

LABELS = ("zpl", "epl", "escpos")


def add_print_test(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.printing import print_test

        return print_test(console, _printer_options(options))

    _add_printer_options(
        add_command(commands, "print-test", "print a page of characters, ruler and codes, and cut", run)
    )


def add_status(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.printing import tell_status

        return tell_status(console, _printer_options(options))

    parser = add_command(commands, "status", "ask a receipt printer how it is", run)
    parser.add_argument("address", help=PRINTER_ADDRESS)


def add_setup_sheet(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.printing import print_setup_sheet

        return print_setup_sheet(console, _printer_options(options))

    _add_printer_options(
        add_command(commands, "setup-sheet", "print how to set a scanner up, with codes to try it on", run)
    )


def add_label(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.printing import LabelOptions, print_label

        return print_label(
            console,
            LabelOptions(
                address=options.address,
                language=options.language,
                name=options.name,
                price=options.price,
                was_price=options.was,
                unit_price=options.unit,
                code=options.code,
                copies=options.copies,
                width_mm=options.width,
                height_mm=options.height,
                dots_per_inch=options.dpi,
            ),
        )

    parser = add_command(commands, "label", "print a price label", run)
    parser.add_argument("language", choices=LABELS, help="of the label printer; escpos: a receipt printer")
    parser.add_argument("address", help=PRINTER_ADDRESS)
    parser.add_argument("--name", default="Café crème 250 g")
    parser.add_argument("--price", default="£3.30")
    parser.add_argument("--was", default="", help="an earlier price, struck through")
    parser.add_argument("--unit", default="£13.20 per kg", help="the unit price")
    parser.add_argument("--code", default="5000128104517", help="an EAN, a UPC, or text; empty: none")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--width", type=int, default=50, metavar="MM")
    parser.add_argument("--height", type=int, default=30, metavar="MM")
    parser.add_argument("--dpi", type=int, choices=(203, 300, 600), default=203)


def add_drawer(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.drawer import DrawerOptions, open_drawer

        return open_drawer(
            console,
            DrawerOptions(_printer_options(options), options.pulse, options.trigger, options.watch),
        )

    parser = add_command(
        commands,
        "drawer",
        "open a cash drawer, and learn how its switch reads",
        run,
        "Shut it first: the level\nthat its switch changes to is the one that means open.",
    )
    parser.add_argument("address", help=f"of its printer: {PRINTER_ADDRESS}")
    parser.add_argument("--pin", type=int, choices=(2, 5), default=2, help="of the printer's connector")
    parser.add_argument("--pulse", type=int, default=100, metavar="MS", help="2 to 510 ms")
    parser.add_argument("--trigger", default="", metavar="HEX", help="for a drawer on a port of its own: 07")
    parser.add_argument("--watch", action="store_true", help="then tell open and shut, until Ctrl-C")


def _add_printer_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", help=PRINTER_ADDRESS)
    parser.add_argument("--columns", type=int, choices=(32, 42, 44, 48), default=42, help="in font A")
    parser.add_argument("--code-page", default="CP858", help="as python-escpos calls it")
    parser.add_argument("--model", default="default", help="a profile of python-escpos, such as TM-T20II")
    parser.add_argument("--font", type=Path, action="append", default=[], help="a file, for other characters")


def _printer_options(options: argparse.Namespace) -> "PrinterOptions":
    from hardware.bench.printing import PrinterOptions

    given = vars(options)
    return PrinterOptions(
        address=options.address,
        columns=given.get("columns", 42),
        code_page=given.get("code_page", "CP858"),
        model=given.get("model", "default"),
        pin=given.get("pin", 2),
        font_files=tuple(given.get("font", ())),
    )
