"""`display`: two lines on a customer display."""

from collections.abc import Sequence

from hardware.bench.console import Console, ExitCode
from hardware.displays.languages import display_language
from hardware.displays.line_display import open_line_display


def show_lines(
    console: Console,
    protocol: str,
    address: str,
    lines: Sequence[str],
    code_page: str,
    *,
    is_behind_printer: bool = False,
) -> ExitCode:
    """The first two; missing ones are empty. Raises DeviceError."""
    upper, lower, *_ = [*lines, "", ""]
    language = display_language(protocol, code_page=code_page, is_behind_printer=is_behind_printer)
    display = open_line_display(address, language)
    try:
        display.show((upper, lower))
        display.check()
    finally:
        display.close()
    console.tell("Sent. Displays answer nothing: does it show the two lines?")
    return ExitCode.DONE
