"""The keys of a US keyboard by their Linux codes: what a scanner that types means by them.

Scanners are set to this layout as they leave the factory, and it is theirs whatever the desktop's is.
"""

KEY_ENTER, KEY_TAB, KEY_KEYPAD_ENTER = 28, 15, 96
_SHIFTS = frozenset((42, 54))
_CONTROLS = frozenset((29, 97))
_ROWS = ((2, "1234567890-=", "!@#$%^&*()_+"), (16, "qwertyuiop[]", "QWERTYUIOP{}"),
         (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'), (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"))  # fmt: skip
"""The first code of a row, its keys, and the same with Shift."""
_OTHERS = {57: " ", 71: "7", 72: "8", 73: "9", 74: "-", 75: "4", 76: "5", 77: "6", 78: "+", 79: "1",
           80: "2", 81: "3", 82: "0", 83: ".", 55: "*", 98: "/", 117: "=",
           KEY_ENTER: "\r", KEY_KEYPAD_ENTER: "\r", KEY_TAB: "\t"}  # fmt: skip
"""Space, the keypad, and what ends a scan: the same with Shift."""
_WITH_CONTROL = {"[": "\x1b", "\\": "\x1c", "]": "\x1d", "6": "\x1e", "-": "\x1f"}

_PLAIN = {first + place: key for first, keys, _ in _ROWS for place, key in enumerate(keys)} | _OTHERS
_SHIFTED = {first + place: key for first, _, keys in _ROWS for place, key in enumerate(keys)} | _OTHERS
CODES = {character: (code, False) for code, character in _PLAIN.items()} | {
    character: (code, True) for code, character in _SHIFTED.items() if code not in _OTHERS
}
"""Code and Shift by character, for peers that type."""
CODE_SHIFT, CODE_CONTROL = 42, 29


class Keyboard:
    """Which of the keys that change others are down. Caps Lock counts for nothing: scanners do not use it."""

    def __init__(self) -> None:
        self._held: set[int] = set()

    def key(self, code: int, is_down: bool) -> str:
        """What a key types as it goes down; empty for one that types nothing."""
        if code in _SHIFTS | _CONTROLS:
            (self._held.add if is_down else self._held.discard)(code)
            return ""
        if not is_down:
            return ""
        if self._held & _CONTROLS:
            plain = _PLAIN.get(code, "")
            return chr(ord(plain) & 0x1F) if plain.isalpha() else _WITH_CONTROL.get(plain, "")
        return (_SHIFTED if self._held & _SHIFTS else _PLAIN).get(code, "")

    def release_all(self) -> None:
        self._held.clear()
