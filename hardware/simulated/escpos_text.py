"""A received job as text, as its paper would read: written without the encoder, so that it can judge it."""

from hardware.simulated.code_pages import CODE_PAGES, POWER_ON_PAGE
from hardware.simulated.escpos_barcodes import read_barcode
from hardware.simulated.escpos_commands import Command, split_commands


def to_text(job: bytes) -> str:
    """Text as the selected code page shows it; barcodes as `*data*`, pictures and cuts in brackets."""
    paper = _Paper()
    commands, rest = split_commands(job)
    for command in commands:
        paper.take(command)
    if rest:
        paper.note(f"incomplete command {rest.hex(' ')}")
    return paper.text()


class _Paper:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = ""
        self._code_page = POWER_ON_PAGE
        self._qr_data = ""

    def text(self) -> str:
        lines = [*self._lines, self._line] if self._line else self._lines
        return "".join(f"{line}\n" for line in lines)

    def take(self, command: Command) -> None:
        data = command.data
        match command.name:
            case b"":
                self._line += data.decode(self._code_page, "replace")
            case b"\n":
                self._feed()
            case b"\x1b@":
                self._code_page = POWER_ON_PAGE
            case b"\x1bt":
                self._code_page = CODE_PAGES.get(data[0], POWER_ON_PAGE)
            case b"\x1bd":
                self._feed(data[0])
            case b"\x1bp":
                self.note(f"drawer pulse on pin {5 if data[0] in (1, 49) else 2}")
            case b"\x1dV":
                self.note("cut")
            case b"\x1dk":
                self._line += f"*{read_barcode(command).text}*"
            case b"\x1dv":
                width = int.from_bytes(data[2:4], "little") * 8
                self.note(f"picture {width}×{int.from_bytes(data[4:6], 'little')}")
            case b"\x1d(":
                self._take_two_dimensional(data)
            case _:
                pass

    def note(self, words: str) -> None:
        """On a line of its own."""
        if self._line:
            self._feed()
        self._lines.append(f"[{words}]")

    def _feed(self, lines: int = 1) -> None:
        self._lines.append(self._line)
        self._lines += [""] * (lines - 1)
        self._line = ""

    def _take_two_dimensional(self, data: bytes) -> None:
        """`GS ( k`: function 80 stores the data of a QR code, 81 prints it."""
        if data[:1] != b"k" or data[3:4] != b"1":
            return
        if data[4:5] == b"P":
            self._qr_data = data[6:].decode("utf-8", "replace")
        elif data[4:5] == b"Q":
            self.note(f"QR {self._qr_data}")
