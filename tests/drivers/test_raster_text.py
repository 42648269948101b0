"""Text outside the code page, drawn: every script has its own shapes, in order, and is no row of boxes."""

import importlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document import ReceiptDocument, Row, TextLine
from hardware.printers.bidi import visual_runs
from hardware.printers.escpos_encoder import PrinterProfile, encode
from hardware.printers.shaping import FALLBACK_FONTS, fonts_in, shape
from hardware.simulated.escpos_commands import split_commands
from hardware.simulated.escpos_text import to_text
from hardware.text_layout import lay_out

FONTS = fonts_in(Path(__file__).parents[2] / "resources" / "fonts" / "receipt")
PROFILE = PrinterProfile(columns=32, raster_fonts=FONTS)


def glyph_ids(text: str) -> list[int]:
    return [glyph.glyph_id for glyph in shape(text, FONTS).glyphs]


def picture_of(text: str) -> bytes:
    job = encode(ReceiptDocument((TextLine(text),)), PROFILE)
    (picture,) = [command for command in split_commands(job)[0] if command.name == b"\x1dv"]
    return picture.data


def test_every_font_is_there() -> None:
    assert [path.name for path in FONTS] == list(FALLBACK_FONTS)


@pytest.mark.parametrize(
    "text",
    [
        "حليب كامل الدسم 500g",
        "חלב 3%",
        "日本茶 緑茶 100g",
        "中文牛奶 繁體",
        "한국 김치",
        "ข้าวหอมมะลิ",
        "हिन्दी चाय",
        "বাংলা ગુજરાતી",
        "ਪੰਜਾਬੀ தமிழ்",
        "తెలుగు",
        "₹45 ₺5 ₴3 ₦1",
        "Łódź Ελλάδα Žluťoučký Việt Nam",
        "x̄ e̊ q̃",
        "🎁 😀 ☕ ❤️ 🥐",
        "👨‍👩‍👧 👍🏽 🇬🇧 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "ሰላም ქართული",
    ],
)
def test_no_sign_is_missing(text: str) -> None:
    assert not shape(text, FONTS).lacks_a_glyph
    assert picture_of(text) != picture_of("".join(" " if sign == " " else "\ue000" for sign in text))


def test_a_sign_that_no_font_has_is_known_to_be_missing() -> None:
    assert shape("\U000f0000", FONTS).lacks_a_glyph


def test_without_our_fonts_the_own_one_still_draws_europe() -> None:
    assert not shape("Łódź €", ()).lacks_a_glyph
    assert shape("日本", ()).lacks_a_glyph


def test_arabic_letters_are_joined() -> None:
    joined = glyph_ids("حليب")
    isolated = [glyph for letter in "حليب" for glyph in glyph_ids(letter)]
    assert sorted(joined) != sorted(isolated)
    assert shape("حليب", FONTS).width < sum(shape(letter, FONTS).width for letter in "حليب")


def test_arabic_runs_from_right_to_left_and_its_figures_from_left_to_right() -> None:
    first_letter = max(shape("حليب", FONTS).glyphs, key=lambda glyph: glyph.x)
    assert first_letter.glyph_id in glyph_ids("حـ")
    assert [run.text for run in visual_runs("حليب 500")] == ["500", "حليب "]


def test_an_emoji_of_several_characters_is_one_picture() -> None:
    for emoji in ("👨‍👩‍👧", "👍🏽", "🇬🇧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"):
        assert len([glyph for glyph in glyph_ids(emoji) if glyph]) == 1
        assert shape(emoji, FONTS).width <= 24


def test_the_amount_beside_a_name_from_the_right_stays_at_the_right_edge() -> None:
    """The name fills the line, so that one space is all that parts them."""
    row = Row("حليب طويل جدا جدا ابجد ا", "£1.20 A")
    (line,) = lay_out(ReceiptDocument((row,)), 32)
    job = encode(ReceiptDocument((row,)), PROFILE)
    amount_alone = encode(ReceiptDocument((Row("ح", "£1.20 A"),)), PROFILE)
    assert right_edge_of(job) == right_edge_of(amount_alone)
    assert line.text.endswith("ا £1.20 A")  # type: ignore[union-attr]


def right_edge_of(job: bytes) -> list[bytes]:
    """The last seven cells of the picture's rows."""
    (picture,) = [command.data[6:] for command in split_commands(job)[0] if command.name == b"\x1dv"]
    return [picture[start + 38 : start + 48] for start in range(0, len(picture), 48)]


def test_only_the_lines_that_need_it_are_pictures() -> None:
    document = ReceiptDocument((Row("Tea", "£1.20"), Row("شاي", "£1.20"), Row("Milk", "£1.20")))
    kinds = [line.startswith("[picture") for line in to_text(encode(document, PROFILE)).splitlines()]
    assert kinds == [False, True, False]


def test_brackets_around_words_from_the_left_stay_around_them() -> None:
    runs = visual_runs("Tea شاي (500g) x2")
    assert "".join(run.text[::-1] if run.is_rtl else run.text for run in runs) == "Tea ياش (500g) x2"


@given(st.text("ab 12.%()-£אבשجدخ٣,", max_size=30))
def test_the_order_is_that_of_the_unicode_algorithm(text: str) -> None:
    """Judged by the package python-bidi, which leaves it to the fonts to mirror brackets."""
    judge = importlib.import_module("bidi").get_display
    has_strong = any(character in "abאבשجدخ" for character in text)
    ours = "".join(run.text[::-1] if run.is_rtl else run.text for run in visual_runs(text))
    assert ours == judge(text, base_dir=None if has_strong else "L")


def test_a_line_is_drawn_once_and_then_remembered() -> None:
    assert picture_of("日本茶") is not None
    first = shape("日本茶", FONTS)
    assert shape("日本茶", FONTS) is first
