"""The command line of `simulate`, `record` and `replay`; each imports what it does."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.bench.commands import DISPLAYS, SCALES, add_command, port_number
from hardware.bench.console import Console, ExitCode

if TYPE_CHECKING:
    from hardware.bench.commands import Commands

_RECORD_HELP = """Card numbers and
passwords are left out; a session that may still hold one is not written.

steps of each driver:
  printer       status, print LINE…, drawer
  label:…       status, print NAME PRICE
  scale:…       read, zero, tare
  display:…     show UPPER LOWER
  scanner       scan
  terminal:zvt  check, purchase AMOUNT CURRENCY, refund AMOUNT CURRENCY,
                reverse RECEIPT AMOUNT CURRENCY, end-of-day"""

SIMULATED = ("printer", "scale", "display", "drawer", "scanner", "terminal", "all")


def add_simulate(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.simulating import SimulateOptions, simulate

        return simulate(
            console,
            SimulateOptions(
                device=options.device,
                port=options.port,
                over=options.over,
                scale_protocol=options.scale,
                display_protocol=options.display,
                terminal_kind=options.terminal,
                currency=options.currency,
            ),
        )

    parser = add_command(
        commands,
        "simulate",
        "run simulated devices on this machine, until Ctrl-C",
        run,
        "Type `help` to see their faults:\n`paper out`, `weight 412`, `scan 5000128104517`, `lost`, …",
    )
    parser.add_argument("device", choices=SIMULATED)
    parser.add_argument("--port", type=port_number, help="of one device, instead of its usual one; 0: any")
    parser.add_argument("--over", choices=("tcp", "pty"), default="tcp", help="pty: as a serial port")
    parser.add_argument("--scale", choices=SCALES, default=SCALES[0], help="the scale's protocol")
    parser.add_argument("--display", choices=DISPLAYS, default=DISPLAYS[0], help="the display's")
    parser.add_argument("--terminal", choices=("zvt", "cloud"), default="zvt", help="the terminal's")
    parser.add_argument("--currency", default="GBP", help="such as GBP")


def add_record(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.recording import RecordOptions, record

        return record(
            console,
            RecordOptions(
                driver=options.driver,
                address=options.address,
                file=options.file,
                steps=tuple(options.do),
                settings=tuple(options.setting),
                device=options.device,
                overwrites=options.overwrite,
                is_confirmed=options.yes,
            ),
        )

    parser = add_command(
        commands,
        "record",
        "let a driver work with a device and write down every byte",
        run,
        _RECORD_HELP,
    )
    parser.add_argument(
        "driver",
        help="printer, label:zpl, label:epl, scale:PROTOCOL, display:PROTOCOL, scanner, terminal:zvt",
    )
    parser.add_argument(
        "address", help="tcp://host:port, serial:///dev/ttyUSB0, usb://04b8:0e15, file:///dev/usb/lp0"
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--do", action="append", default=[], metavar="STEP", help="again for each; e.g. read")
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE", help="of the driver")
    parser.add_argument("--device", default="", help="what it is: maker, model, firmware")
    parser.add_argument("--overwrite", action="store_true", help="an earlier file")
    parser.add_argument("--yes", action="store_true", help="do not ask whether real money may move")


def add_replay(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.recording import ReplayOptions, replay

        return replay(
            console,
            ReplayOptions(
                file=options.file,
                through=options.through,
                over=options.over,
                port=options.port,
                in_time=options.in_time,
            ),
        )

    parser = add_command(commands, "replay", "play a recorded device back to a driver, byte for byte", run)
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--through", default="", metavar="DRIVER", help="run this one against it, as in record"
    )
    parser.add_argument("--over", choices=("tcp", "pty"), default="tcp", help="without --through")
    parser.add_argument("--port", type=port_number, default=0, help="without --through; 0: any that is free")
    parser.add_argument("--in-time", action="store_true", help="answer as slowly as the device did")
