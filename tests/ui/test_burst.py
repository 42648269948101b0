"""A scan is told from typing by time stamps; every key comes back unless it was part of a scan."""

from hypothesis import given
from hypothesis import strategies as st

from till_app.ui.burst import BurstRecogniser, WedgeMode

EAN = "5000128104517"


class Keyboard:
    """Feeds keys to a recogniser and notes what the focused widget and the till would have got."""

    def __init__(self, mode: WedgeMode = WedgeMode.TIMING) -> None:
        self.recogniser: BurstRecogniser[str] = BurstRecogniser(mode)
        self.typed = ""
        self.scans: list[str] = []
        self.now_ms = 1000

    def keys(self, text: str, gap_ms: int = 10) -> "Keyboard":
        for character in text:
            self.now_ms += gap_ms
            verdict = self.recogniser.press(character, self.now_ms, character)
            self.typed += "".join(verdict.give_back)
            if not verdict.is_taken:
                self.typed += character
            if verdict.scan is not None:
                self.scans.append(verdict.scan)
        return self

    def pause(self, ms: int = 500) -> "Keyboard":
        self.typed += "".join(self.recogniser.time_out())
        self.now_ms += ms
        return self


def test_thirteen_fast_keys_and_a_return_are_a_scan_and_nobody_else_sees_them() -> None:
    keyboard = Keyboard().keys(EAN + "\r")
    assert (keyboard.scans, keyboard.typed) == ([EAN], "")


def test_a_tab_ends_a_scan_too() -> None:
    assert Keyboard().keys("96385074\t").scans == ["96385074"]


def test_keys_40_ms_apart_are_a_scan_and_41_ms_apart_are_typing() -> None:
    assert Keyboard().keys("1234\r", gap_ms=40).scans == ["1234"]
    slow = Keyboard().keys("1234\r", gap_ms=41)
    assert (slow.scans, slow.typed) == ([], "1234\r")


def test_three_fast_characters_and_return_are_typing() -> None:
    keyboard = Keyboard().keys("123\r")
    assert (keyboard.scans, keyboard.typed) == ([], "123\r")


def test_typing_comes_back_in_order_when_no_further_key_comes() -> None:
    assert Keyboard().keys("milk").pause().typed == "milk"


def test_typing_before_a_scan_stays_with_the_field_and_out_of_the_scan() -> None:
    keyboard = Keyboard().keys("mi", gap_ms=120).pause(200).keys(EAN + "\r")
    assert (keyboard.scans, keyboard.typed) == ([EAN], "mi")


def test_two_quick_scans_stay_two() -> None:
    assert Keyboard().keys("11111111\r22222222\r", gap_ms=5).scans == ["11111111", "22222222"]


def test_the_line_feed_after_the_return_of_a_scanner_is_swallowed() -> None:
    keyboard = Keyboard().keys("12345670\r\n")
    assert (keyboard.scans, keyboard.typed) == (["12345670"], "")


def test_a_return_well_after_a_scan_is_a_persons() -> None:
    keyboard = Keyboard().keys("12345670\r").pause(100).keys("\r")
    assert (keyboard.scans, keyboard.typed) == (["12345670"], "\r")


def test_the_group_separator_survives() -> None:
    assert Keyboard().keys("0105000128104517\x1d10LOT7\r").scans == ["0105000128104517\x1d10LOT7"]


def test_a_space_alone_is_never_kept_back() -> None:
    keyboard = Keyboard().keys(" ")
    assert keyboard.typed == " "
    assert not keyboard.recogniser.is_keeping


def test_a_space_within_a_scan_belongs_to_it() -> None:
    assert Keyboard().keys("AB 12\r").scans == ["AB 12"]


def test_a_frame_makes_even_a_short_slow_code_a_scan() -> None:
    for mode in (WedgeMode.TIMING, WedgeMode.PREFIX):
        keyboard = Keyboard(mode).keys("\x02" + "7" + "\x03" + "\r", gap_ms=90)
        assert (keyboard.scans, keyboard.typed) == (["7"], "")


def test_in_prefix_mode_fast_keys_without_a_frame_are_typing_and_pass_at_once() -> None:
    keyboard = Keyboard(WedgeMode.PREFIX).keys("123456\r")
    assert (keyboard.scans, keyboard.typed) == ([], "123456\r")


def test_a_frame_that_is_never_closed_comes_back() -> None:
    assert Keyboard(WedgeMode.PREFIX).keys("\x0212").pause().typed == "\x0212"


def test_switched_off_everything_is_typing() -> None:
    keyboard = Keyboard(WedgeMode.OFF).keys(EAN + "\r" + "\x0212\r")
    assert (keyboard.scans, keyboard.typed) == ([], EAN + "\r\x0212\r")


def test_an_empty_frame_says_nothing() -> None:
    keyboard = Keyboard().keys("\x02\r")
    assert (keyboard.scans, keyboard.typed) == ([], "")


def test_a_burst_cut_by_a_busy_program_is_still_one_whole_scan() -> None:
    keyboard = Keyboard().keys("50001")
    keyboard.pause(ms=0).keys("28104517\r")
    assert keyboard.scans == [EAN]


def test_another_key_ends_the_doubt_and_forgets_the_head() -> None:
    keyboard = Keyboard().keys("12")
    assert keyboard.recogniser.press("", keyboard.now_ms + 1, "F2").give_back == ("1", "2")
    assert keyboard.keys("3456\r").scans == ["3456"]


def test_a_release_between_kept_presses_keeps_its_place() -> None:
    recogniser: BurstRecogniser[str] = BurstRecogniser()
    assert not recogniser.release("stray up").is_taken
    recogniser.press("1", 1000, "1 down")
    assert recogniser.release("1 up").is_taken
    recogniser.press("2", 1010, "2 down")
    assert recogniser.time_out() == ("1 down", "1 up", "2 down")


def test_a_clock_that_jumps_back_ends_the_burst() -> None:
    recogniser: BurstRecogniser[str] = BurstRecogniser()
    recogniser.press("1", 1000, "1")
    assert recogniser.press("2", 400, "2").give_back == ("1",)


@given(
    st.lists(
        st.tuples(st.sampled_from("0a \x1d\r\t\x02\x03"), st.integers(min_value=0, max_value=90)), max_size=40
    ),
    st.sampled_from(list(WedgeMode)),
)
def test_no_key_is_lost_doubled_or_reordered(strokes: list[tuple[str, int]], mode: WedgeMode) -> None:
    """Whatever is neither given back nor delivered was between two others that made up a scan."""
    recogniser: BurstRecogniser[int] = BurstRecogniser(mode)
    delivered: list[int] = []
    scanned_characters = now_ms = 0
    for number, (character, gap_ms) in enumerate(strokes):
        now_ms += gap_ms
        foretold = recogniser.would_take(character, now_ms)
        verdict = recogniser.press(character, now_ms, number)
        assert verdict.is_taken == foretold
        delivered += verdict.give_back
        if not verdict.is_taken:
            delivered.append(number)
        scanned_characters += len(verdict.scan or "")
    delivered += recogniser.give_up()
    assert delivered == sorted(set(delivered))
    framing = sum(character in "\r\t\x02\x03" for character, _ in strokes)
    assert len(strokes) - len(delivered) - framing <= scanned_characters
