"""ESC/POS bytes taken apart into commands, after the makers' manuals and independent of the encoder."""

from dataclasses import dataclass

_FIXED_ARGUMENTS = {
    0x1B: {
        "@": 0, "!": 1, "E": 1, "G": 1, "a": 1, "t": 1, "R": 1, "d": 1, "J": 1, "M": 1, "-": 1, "{": 1,
        "V": 1, "2": 0, "3": 1, " ": 1, "p": 3, "r": 1, "=": 1, "c": 2, "$": 2, "\\": 2, "S": 0, "L": 0,
        "T": 1, "i": 0, "m": 0,
    },
    0x1C: {".": 0, "&": 0, "!": 1, "S": 2, "C": 1, "p": 2, "-": 1},
    0x1D: {
        "!": 1, "B": 1, "H": 1, "f": 1, "h": 1, "w": 1, "L": 2, "W": 2, "P": 2, "r": 1, "a": 1, "I": 1,
        "b": 1, "$": 2, "\\": 2, "/": 1,
    },
    0x10: {"\x04": 1, "\x05": 1, "\x14": 3},
}  # fmt: skip
"""How many bytes follow, by the byte that introduces a command and the one that names it."""


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is the introducing and naming byte, one control byte, or empty for text."""

    name: bytes
    data: bytes

    @property
    def raw(self) -> bytes:
        return self.name + self.data


def split_commands(received: bytes) -> tuple[list[Command], bytes]:
    """The complete commands in order, and the bytes of one that has only begun.

    A run of text counts as complete as it is. A command that is not known is taken to have no arguments.
    """
    commands: list[Command] = []
    at = 0
    while at < len(received):
        end = _end_of_command(received, at)
        if end is None:
            break
        is_pair = received[at] in _FIXED_ARGUMENTS
        name_length = 2 if is_pair else 1 if received[at] < 0x20 else 0
        commands.append(Command(received[at : at + name_length], received[at + name_length : end]))
        at = end
    return commands, received[at:]


def _end_of_command(received: bytes, at: int) -> int | None:
    """Where the command that begins at `at` ends; None when its end has not been received."""
    introducer = received[at]
    if introducer >= 0x20:
        text_end = at
        while text_end < len(received) and received[text_end] >= 0x20:
            text_end += 1
        return text_end
    if introducer not in _FIXED_ARGUMENTS:
        return at + 1
    if at + 1 >= len(received):
        return None
    letter = chr(received[at + 1])
    length: int | None = _FIXED_ARGUMENTS[introducer].get(letter)
    if length is None:
        length = _variable_length(introducer, letter, received[at + 2 :])
    end = None if length is None else at + 2 + length
    return end if end is not None and end <= len(received) else None


def _variable_length(introducer: int, letter: str, following: bytes) -> int | None:
    """How many bytes follow the name; None while that cannot be told yet."""
    match introducer, letter:
        case 0x1D, "V":
            return _known(following, 1) and (2 if following[0] >= 65 else 1)
        case 0x1D, "k":
            return _barcode_length(following)
        case 0x1D, "v":
            return _known(following, 6) and 6 + _number(following[2:4]) * _number(following[4:6])
        case 0x1C | 0x1D, "(":
            return _known(following, 3) and 3 + _number(following[1:3])
        case 0x1D, "8":
            return _known(following, 5) and 5 + _number(following[1:5])
        case 0x1B, "*":
            if not _known(following, 3):
                return None
            return 3 + _number(following[1:3]) * (3 if following[0] in (32, 33) else 1)
        case 0x1B, "D":
            end = following.find(0)
            return None if end < 0 else end + 1
        case _:
            return 0


def _barcode_length(following: bytes) -> int | None:
    if not following:
        return None
    if following[0] <= 6:
        end = following.find(0, 1)
        return None if end < 0 else end + 1
    return _known(following, 2) and 2 + following[1]


def _known(following: bytes, count: int) -> bool | None:
    return True if len(following) >= count else None


def _number(little_endian: bytes) -> int:
    return int.from_bytes(little_endian, "little")
