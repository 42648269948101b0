"""Counter scales that are not there: each protocol's answers for a load, written without the drivers."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from hardware.simulated.line_peer import LinePeer

CAPACITY_GRAMS = 15_000


class ScaleFault(StrEnum):
    NONE = "none"
    SILENT = "silent"
    GARBAGE = "garbage"
    """Bytes that mean nothing, as on a line with the wrong speed."""
    BAD_CHECKSUM = "bad_checksum"
    """Where the protocol has one; others do not notice."""
    SLOW = "slow"
    """The answer comes when nobody waits for it any more."""


@dataclass(slots=True)
class Pan:
    """What lies on the scale, and its switches."""

    grams: int = 0
    """Negative: less than when it was set to zero; above the capacity: overloaded."""
    is_moving: bool = False
    tare_grams: int = 0
    weighs_in_pounds: bool = False
    fault: ScaleFault = ScaleFault.NONE
    slow_s: float = 0.3

    @property
    def net_grams(self) -> int:
        return self.grams - self.tare_grams

    @property
    def is_over(self) -> bool:
        return self.grams > CAPACITY_GRAMS

    @property
    def is_under(self) -> bool:
        return self.net_grams < 0

    def zero(self) -> None:
        if not (self.is_moving or self.is_over):
            self.grams = self.tare_grams = 0

    def tare(self) -> None:
        if not (self.is_moving or self.is_over or self.is_under):
            self.tare_grams = self.grams


class Speech(Protocol):
    def answer(self, byte: int, pan: Pan) -> bytes:
        """To one byte more."""
        ...


class SpeechToledo:
    def answer(self, byte: int, pan: Pan) -> bytes:
        match bytes([byte]):
            case b"W" if not (pan.is_moving or pan.is_over or pan.is_under):
                weight = f"{pan.net_grams / 453.59237:06.2f}" if pan.weighs_in_pounds else _kg(pan, 6)
                return b"\x02" + weight.encode() + (b"N" if pan.tare_grams else b"") + b"\r"
            case b"Z":
                pan.zero()
            case b"T":
                pan.tare()
            case b"W":
                pass
            case _:
                return b""
        status = 0x40 | pan.is_moving | pan.is_over << 1 | pan.is_under << 2
        status |= (pan.net_grams == 0) << 4 | bool(pan.tare_grams) << 5
        return b"\x02?" + bytes([status]) + b"\r"


class SpeechNci:
    def __init__(self) -> None:
        self._heard = b""

    def answer(self, byte: int, pan: Pan) -> bytes:
        self._heard += bytes([byte])
        if byte != 0x0D:
            return b""
        command, self._heard = self._heard, b""
        match command:
            case b"W\r":
                pass
            case b"Z\r":
                pan.zero()
            case b"T\r":
                pan.tare()
            case _:
                return b"\n?\r\x03"
        first = 0x30 | pan.is_moving | (pan.net_grams == 0) << 1
        second = 0x70 | pan.is_under | pan.is_over << 1
        third = 0x30 | bool(pan.tare_grams) << 2
        status = b"\nS" + bytes([first, second, third]) + b"\r\x03"
        if command != b"W\r" or pan.is_over or pan.is_under:
            return status
        unit = b"LB" if pan.weighs_in_pounds else b"KG"
        return b"\n" + _kg(pan, 6).encode() + unit + b"\r" + status


class SpeechCas:
    def answer(self, byte: int, pan: Pan) -> bytes:
        if byte == 0x05:
            return b"\x06"
        if byte != 0x11:
            return b""
        sign, weight = ("-" if pan.is_under else " "), f"{abs(pan.net_grams) / 1000:06.3f}"
        if pan.is_over:
            sign, weight = "F", "FFFFFF"
        unit = "lb" if pan.weighs_in_pounds else "kg"
        content = f"{'U' if pan.is_moving else 'S'}{sign}{weight}{unit}".encode()
        return b"\x01\x02" + content + bytes([_check(content, pan)]) + b"\x03\x04"


class SpeechAveryBerkel:
    """It tells under and over by one bit; over, it sends the last weight that it knew."""

    def __init__(self) -> None:
        self._command: bytes | None = None

    def answer(self, byte: int, pan: Pan) -> bytes:
        if self._command is not None:
            self._hear_command(byte, pan)
            return b""
        match byte:
            case 0x02:
                self._command = b""
            case 0x05:
                return b"\x18" if pan.is_moving else b"\x06"
            case 0x11:
                information = 0x2A if pan.weighs_in_pounds else 0x29
                if pan.is_over or pan.is_under:
                    information |= 0x10
                weight = CAPACITY_GRAMS if pan.is_over else max(0, pan.net_grams)
                content = bytes([information]) + f"{weight:05d}".encode()
                return 2 * (b"\x02" + content + bytes([_check(content, pan)]) + b"\x03")
        return b""

    def _hear_command(self, byte: int, pan: Pan) -> None:
        command = (self._command or b"") + bytes([byte])
        self._command = command if len(command) < 8 else None
        if command == b"Z\x00\x00\x00\x00\x00\x03Z":
            pan.zero()
        elif command == b"N\x00\x00\x00\x00\x00\x03N":
            pan.tare()


_SPEECHES: dict[str, type[SpeechToledo | SpeechNci | SpeechCas | SpeechAveryBerkel]] = {
    "toledo_8217": SpeechToledo,
    "nci": SpeechNci,
    "cas": SpeechCas,
    "avery_berkel": SpeechAveryBerkel,
}


class ScaleEngine:
    """Of one protocol; the pan may be changed at any time."""

    is_stalled = False

    def __init__(self, protocol: str, pan: Pan) -> None:
        self._speech = _SPEECHES[protocol]()
        self.pan = pan

    @property
    def answer_delay_s(self) -> float:
        return self.pan.slow_s if self.pan.fault is ScaleFault.SLOW else 0.0

    def feed(self, data: bytes) -> bytes:
        answer = b"".join(self._speech.answer(byte, self.pan) for byte in data)
        match self.pan.fault:
            case ScaleFault.SILENT:
                return b""
            case ScaleFault.GARBAGE:
                return bytes((byte * 7 + 0x35) % 0x60 + 0x80 for byte in answer)
            case _:
                return answer


class SimulatedScale(LinePeer):
    """`pan` may be changed at any time."""

    def __init__(
        self,
        protocol: str,
        over: Literal["pty", "tcp"] = "pty",
        link: Path | None = None,
        pan: Pan | None = None,
        port: int = 0,
    ) -> None:
        self.pan = pan or Pan()
        super().__init__(ScaleEngine(protocol, self.pan), over, link, port)

    def __enter__(self) -> "SimulatedScale":
        super().__enter__()
        return self


def _kg(pan: Pan, width: int) -> str:
    return f"{pan.net_grams / 1000:0{width}.3f}"


def _check(content: bytes, pan: Pan) -> int:
    check = 0
    for byte in content:
        check ^= byte
    return check ^ 0x01 if pan.fault is ScaleFault.BAD_CHECKSUM else check
