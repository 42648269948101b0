"""A two-line display on a transport of its own: every write has a deadline, a lost cable is noticed."""

from hardware.addresses import parse_address, parse_port
from hardware.displays.languages import DisplayLanguage, Lines
from hardware.transports.base import Transport

WRITE_S = 1.0


class LineDisplay:
    """Open, for one thread. After a DeviceError it is only good for closing."""

    def __init__(self, transport: Transport, language: DisplayLanguage, write_s: float = WRITE_S) -> None:
        self._transport = transport
        self._language = language
        self._write_s = write_s
        self._has_begun = False

    def show(self, lines: Lines) -> None:
        """Raises DeviceTimeout when it stalls, DeviceClosed when it is gone."""
        begin = b"" if self._has_begun else self._language.begin()
        self._transport.write(begin + self._language.show(lines), self._write_s)
        self._has_begun = True

    def check(self) -> None:
        """Raises DeviceClosed when it was unplugged; displays answer nothing, so little else can be known."""
        if self._transport.can_read:
            self._transport.read(64, 0.0)

    def close(self) -> None:
        self._transport.close()


def open_line_display(address: str, language: DisplayLanguage, write_s: float = WRITE_S) -> LineDisplay:
    """A serial port may be its bare name. Raises DeviceError."""
    way = parse_address(address) if "://" in address else parse_port(address)
    return LineDisplay(way.open(), language, write_s)
