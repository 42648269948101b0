"""What the hub decides for its tills, by name: each setting's type, default and limits."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from till_app.domain.catalogue import Setting
from till_app.domain.in_store import InStoreLayout, layouts_from_text
from till_app.domain.receipt_templates import Template, templates_from_text

_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """The names of the fields are the names at the hub."""

    combine_lines: bool = True
    """The same thing scanned again raises a line's quantity instead of adding a line."""
    clock_skew_warning_s: int = 120
    """From this difference between the clocks of till and hub on, the till says that its clock is wrong."""
    lock_after_s: int = 0
    """The till locks itself when nobody touched it for so long; 0: never."""
    label_layouts: tuple[InStoreLayout, ...] = ()
    """How the shop's own labels are laid out; empty: as usual in its country. JSON at the hub."""
    receipt_template: tuple[Template, ...] = ()
    """Of documents that the shop wants printed otherwise than usual. JSON at the hub: one, or a list."""


_READERS: Mapping[str, Callable[[str], object]] = {
    "label_layouts": layouts_from_text,
    "receipt_template": templates_from_text,
}
"""Of values that are JSON; each raises ValueError in words."""
_INTEGERS = {"clock_skew_warning_s": (1, 86_400), "lock_after_s": (0, 86_400)}
"""Smallest and largest."""


def settings_from(settings: Iterable[Setting]) -> tuple[ShopSettings, tuple[str, ...]]:
    """The settings that hold, and the names of those whose value is none: the default holds for them.

    Names that this release does not know are for another one.
    """
    values: dict[str, object] = {}
    bad: list[str] = []
    for setting in settings:
        text = setting.value.strip().lower()
        if setting.name == "combine_lines":
            if text in _TRUE | _FALSE:
                values[setting.name] = text in _TRUE
            else:
                bad.append(setting.name)
        elif setting.name in _INTEGERS:
            least, most = _INTEGERS[setting.name]
            if text.isascii() and text.isdigit() and least <= int(text) <= most:
                values[setting.name] = int(text)
            else:
                bad.append(setting.name)
        elif setting.name in _READERS:
            try:
                values[setting.name] = _READERS[setting.name](setting.value)
            except ValueError:
                bad.append(setting.name)
    return ShopSettings(**values), tuple(bad)  # type: ignore[arg-type]


def problem_with(setting: Setting) -> str:
    """In words what is wrong with a value that is none, where more than that is known; else empty."""
    read = _READERS.get(setting.name)
    try:
        if read is not None:
            read(setting.value)
    except ValueError as error:
        return str(error)
    return ""
