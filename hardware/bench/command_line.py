"""The bench's command line: every command with its options, and which function it calls.

Nothing of a device is imported before its command is used: `--help` is quick, and a missing library of one
device is in nobody else's way.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.bench import counter_commands, printer_commands, stand_in_commands
from hardware.bench.commands import Run, add_command, help_formatter
from hardware.bench.console import Console, ExitCode

if TYPE_CHECKING:
    from hardware.bench.commands import Commands

_EPILOG = """\
exit codes:
  0 done    1 the device is not there, not ready, or said no    2 wrong command line
  3 nobody knows whether it happened: look at the device    130 interrupted

Without a device: `python -m hardware simulate all`, and use the addresses that it shows."""


@dataclass(frozen=True, slots=True)
class Command:
    _run: Run
    _options: argparse.Namespace

    def run(self, console: Console) -> ExitCode:
        return self._run(self._options, console)


def parse(arguments: Sequence[str] | None) -> Command:
    """None: of the process. Raises SystemExit, after words, for what cannot be parsed."""
    parser = argparse.ArgumentParser(
        prog="python -m hardware",
        description="Try a device of the till from a terminal, without the till.",
        epilog=_EPILOG,
        formatter_class=help_formatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        add_list,
        printer_commands.add_print_test,
        printer_commands.add_status,
        printer_commands.add_setup_sheet,
        printer_commands.add_label,
        printer_commands.add_drawer,
        counter_commands.add_scan,
        counter_commands.add_weigh,
        counter_commands.add_display,
        counter_commands.add_terminal,
        stand_in_commands.add_simulate,
        stand_in_commands.add_record,
        stand_in_commands.add_replay,
    ):
        add(commands)
    options = parser.parse_args(arguments)
    return Command(options.run, options)


def add_list(commands: "Commands") -> None:
    def run(options: argparse.Namespace, console: Console) -> ExitCode:
        from hardware.bench.listing import list_devices

        return list_devices(console, options.network, goes_on=options.watch)

    parser = add_command(commands, "list", "show the devices that are found, with their addresses", run)
    parser.add_argument("--network", default="", metavar="CIDR", help="search there too: 192.168.1.0/24")
    parser.add_argument("--watch", action="store_true", help="then tell what comes and goes, until Ctrl-C")
