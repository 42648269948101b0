"""What all commands of the bench are made of; which there are is in `command_line`."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from hardware.bench.console import Console, ExitCode

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

SCALES = ("toledo_8217", "nci", "cas", "avery_berkel")
DISPLAYS = ("cd5220", "dm_d", "logic_controls")
PRINTER_ADDRESS = (
    "tcp://host:9100, serial:///dev/ttyUSB0?baud=9600, usb://04b8:0e15, cups://queue, file:///dev/usb/lp0"
)
LINE_ADDRESS = "serial:///dev/ttyUSB0, a port's bare name such as COM3, or tcp://host:port of a serial server"

Run = Callable[[argparse.Namespace, Console], ExitCode]


def add_command(
    commands: "Commands", name: str, words: str, run: Run, more: str = ""
) -> argparse.ArgumentParser:
    """`words` for the list of commands; `more` only in the command's own help."""
    parser = commands.add_parser(
        name,
        help=words,
        description=f"{words[:1].upper()}{words[1:]}. {more}".strip(),
        formatter_class=help_formatter,
    )
    parser.set_defaults(run=run)
    return parser


def port_number(text: str) -> int:
    """For argparse. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or len(text) > len("65535") or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"“{text}” is no port: those are 0 to 65535")
    return int(text)


def help_formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=20)
