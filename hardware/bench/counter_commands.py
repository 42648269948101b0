"""The command line of scanners, scales, displays and card terminals; each command imports what it does."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.bench.commands import DISPLAYS, LINE_ADDRESS, SCALES, add_command
from hardware.bench.console import Console, ExitCode

if TYPE_CHECKING:
    from hardware.bench.commands import Commands

TERMINALS = ("simulated", "zvt", "cloud")
ACTIONS = ("check", "purchase", "refund", "reverse", "query", "end-of-day")


def add_scan(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.scanning import scan

        return scan(console, options.address, options.count)

    parser = add_command(commands, "scan", "show what a scanner sends, until Ctrl-C", run)
    parser.add_argument(
        "address", help=f"{LINE_ADDRESS}, hid://vendor:product, evdev:///dev/input/by-id/…-event-kbd"
    )
    _add_count(parser, "scans")


def add_weigh(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.weighing import weigh

        return weigh(
            console,
            options.protocol,
            options.address,
            options.count,
            sets_zero=options.zero,
            takes_tare=options.tare,
        )

    parser = add_command(commands, "weigh", "show what a scale says whenever it changes, until Ctrl-C", run)
    parser.add_argument("protocol", choices=SCALES)
    parser.add_argument("address", help=LINE_ADDRESS)
    parser.add_argument("--zero", action="store_true", help="first: what lies there is nothing")
    parser.add_argument("--tare", action="store_true", help="first: take off what lies there")
    _add_count(parser, "changes")


def add_display(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.displaying import show_lines

        lines = [options.upper, options.lower]
        return show_lines(
            console,
            options.protocol,
            options.address,
            lines,
            options.code_page,
            is_behind_printer=options.behind_printer,
        )

    parser = add_command(commands, "display", "show two lines on a customer display", run)
    parser.add_argument("protocol", choices=DISPLAYS)
    parser.add_argument("address", help=LINE_ADDRESS)
    parser.add_argument("upper", nargs="?", default="Café crème £3.30")
    parser.add_argument("lower", nargs="?", default="Total         €12.05")
    parser.add_argument("--code-page", default="CP858")
    parser.add_argument("--behind-printer", action="store_true", help="the address is the printer's")


def add_terminal(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.paying import TerminalOptions, use_terminal

        return use_terminal(
            console,
            TerminalOptions(
                kind=options.kind,
                action=options.action,
                amount=options.amount,
                currency=options.currency,
                address=options.address,
                password=options.password,
                terminal_id=options.terminal_id,
                key_file=options.key_file,
                reference=options.reference,
                of=options.of,
                memory=options.memory or Path.home() / ".till-bench-terminal.json",
                is_confirmed=options.yes,
            ),
        )

    parser = add_command(
        commands,
        "terminal",
        "try a card terminal",
        run,
        "Without --kind it is a simulated one, which moves no money.\nPurchase, refund and reverse on "
        "another kind are REAL unless the terminal is in training mode.",
    )
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("amount", nargs="?", default="", help="12.34; not for check and end-of-day")
    parser.add_argument("--kind", choices=TERMINALS, default="simulated")
    parser.add_argument("--address", default="", help="zvt: 192.168.1.50 or host:port; cloud: https://…")
    parser.add_argument("--currency", default="GBP", help="such as GBP")
    parser.add_argument("--password", default="000000", help="of a ZVT terminal, six digits")
    parser.add_argument("--terminal-id", default="", help="of a cloud terminal")
    parser.add_argument("--key-file", type=Path, help="with the cloud service's key; else it is asked for")
    parser.add_argument("--reference", default="", help="for query: as shown with the attempt")
    parser.add_argument("--of", default="", help="the terminal's own reference of what is taken back")
    parser.add_argument(
        "--memory",
        type=Path,
        help="by which a later query can tell what came of an attempt; else ~/.till-bench-terminal.json",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask whether real money may move")


def _add_count(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--count", type=int, default=0, metavar="N", help=f"end after so many {what}")
