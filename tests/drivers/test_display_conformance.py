"""Every display driver keeps the same laws, against a peer of its protocol on a real pty or socket."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.addresses import parse_address
from hardware.displays.languages import DISPLAY_PROTOCOLS, display_language
from hardware.displays.line_display import LineDisplay, open_line_display
from hardware.displays.text import CodePageUnknown, fitted
from hardware.errors import DeviceClosed, DeviceTimeout, DeviceUnavailable
from hardware.simulated.displays import DisplayEngine, SimulatedDisplay

LINES = ("2 Café crème    £3.30", "Total        €12.05")
SHOWN = ("2 Café crème    £3.3", "Total        €12.05")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminals")


@pytest.fixture(params=DISPLAY_PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def display_on(peer: SimulatedDisplay, protocol: str, write_s: float = 2.0) -> Iterator[LineDisplay]:
    display = open_line_display(peer.address, display_language(protocol), write_s)
    try:
        yield display
    finally:
        display.close()


@pytest.mark.parametrize("over", ["pty", "tcp"])
def test_two_lines_are_shown_with_pounds_euros_and_accents(
    protocol: str, over: Literal["pty", "tcp"]
) -> None:
    with SimulatedDisplay(protocol, over) as peer, display_on(peer, protocol) as display:
        display.show(LINES)
        peer.wait_for(SHOWN)


def test_new_lines_replace_the_old_ones_wholly(protocol: str) -> None:
    with SimulatedDisplay(protocol) as peer, display_on(peer, protocol) as display:
        display.show(LINES)
        display.show(("a", ""))
        peer.wait_for(("a", ""))


def test_a_display_that_was_dark_shows_the_next_lines(protocol: str) -> None:
    with SimulatedDisplay(protocol) as peer, display_on(peer, protocol) as display:
        display.show(LINES)
        peer.wait_for(SHOWN)
        peer.lose_power()
        display.show(("b", "c"))
        peer.wait_for(("b", "c"))


def test_a_stalled_display_is_a_time_out(protocol: str) -> None:
    with SimulatedDisplay(protocol, "tcp") as peer:
        peer.stall()
        transport = parse_address(peer.address).open()
        display = LineDisplay(transport, display_language(protocol), write_s=0.05)
        with pytest.raises(DeviceTimeout):  # the system swallows some of it before a stall is felt
            transport.write(bytes(16_000_000), 0.2)
        with pytest.raises(DeviceTimeout):
            display.show(LINES)
        display.close()


@pytest.mark.parametrize("over", ["pty", "tcp"])
def test_an_unplugged_display_is_closed(protocol: str, over: Literal["pty", "tcp"]) -> None:
    with SimulatedDisplay(protocol, over) as peer, display_on(peer, protocol) as display:
        display.show(LINES)
        peer.wait_for(SHOWN)
        display.check()
        peer.unplug()
        with pytest.raises(DeviceClosed):
            display.check()
        with pytest.raises(DeviceUnavailable):
            open_line_display(peer.address, display_language(protocol))


def test_a_display_that_is_plugged_in_again_is_opened_again(protocol: str, tmp_path: Path) -> None:
    with SimulatedDisplay(protocol, link=tmp_path / "display") as peer:
        with display_on(peer, protocol) as display:
            peer.unplug()
            with pytest.raises(DeviceClosed):
                display.check()
        peer.plug_in()
        with display_on(peer, protocol) as display:
            display.show(LINES)
            peer.wait_for(SHOWN)


@given(st.text(max_size=60), st.text(max_size=60), st.integers(8, 40))
def test_any_text_fills_both_lines_exactly(upper: str, lower: str, columns: int) -> None:
    for protocol in DISPLAY_PROTOCOLS:
        language = display_language(protocol, columns)
        engine = DisplayEngine(protocol, columns=columns)
        engine.feed(language.begin() + language.show((upper, lower)) + language.show(("£", upper)))
        assert engine.glass.lines == ("£".ljust(columns), fitted(upper, columns, "cp858").decode("cp858"))


@given(st.text(max_size=40))
def test_a_message_may_be_split_anywhere(text: str) -> None:
    for protocol in DISPLAY_PROTOCOLS:
        language = display_language(protocol)
        message = language.begin() + language.show((text, "end"))
        engine = DisplayEngine(protocol)
        for byte in message:
            engine.feed(bytes([byte]))
        assert engine.glass.lines[1].rstrip() == "end"


def test_behind_a_printer_the_display_gets_its_lines_and_the_printer_nothing_of_them(protocol: str) -> None:
    language = display_language(protocol, is_behind_printer=True)
    engine = DisplayEngine(protocol, is_behind_printer=True)
    engine.feed(b"receipt " + language.begin() + language.show(LINES) + b"\x1b@ goes on")
    assert tuple(line.rstrip() for line in engine.glass.lines) == SHOWN
    assert engine.printer_bytes == b"receipt \x1b@ goes on"


@pytest.mark.parametrize(
    ("text", "code_page", "shown"),
    [
        ("£9.50 €1", "CP858", "£9.50 €1"),
        ("−£1.45", "CP858", "-£1.45"),
        ("2\u00a0kg", "CP858", "2 kg"),
        ("€5", "CP850", "EUR5"),
        ("£5", "ascii", "GBP5"),
        ("3 × tea", "CP437", "3 x tea"),
        ("crème “brûlée”", "ascii", 'creme "brulee"'),
        ("茶 green", "CP858", "? green"),
        ("a\x1b@b\rc\nd", "CP858", "a@b c d"),
    ],
)
def test_what_a_code_page_lacks_is_replaced_by_what_is_read_the_same(
    text: str, code_page: str, shown: str
) -> None:
    assert fitted(text, 20, code_page).decode(code_page).rstrip() == shown


def test_an_unknown_code_page_is_refused() -> None:
    with pytest.raises(CodePageUnknown):
        display_language("cd5220", code_page="CP9999")
