"""Colours can be told apart by everybody, sizes follow the scale."""

import pytest

from till_app.ui.theme.tokens import CONTRAST_PAIRS, contrast_ratio, tokens_for


def test_black_on_white_has_the_greatest_contrast_and_grey_on_itself_none() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#777777", "#777777") == pytest.approx(1)


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_every_pair_that_is_drawn_has_the_contrast_that_wcag_aa_asks(is_dark: bool) -> None:
    colours = tokens_for(is_dark).colours
    too_weak = [
        f"{ink} on {ground}: {ratio:.2f} < {least}"
        for ink, ground, least in CONTRAST_PAIRS
        if (ratio := contrast_ratio(getattr(colours, ink), getattr(colours, ground))) < least
    ]
    assert too_weak == []


def test_a_scale_of_150_percent_multiplies_distances_letters_and_targets() -> None:
    normal, large = tokens_for(is_dark=False), tokens_for(is_dark=False, scale=1.5)
    assert (normal.height.touch, large.height.touch) == (44, 66)
    assert (normal.type.display.size_px, large.type.display.size_px) == (46, 69)
    assert (normal.space.l, large.space.l) == (16, 24)


def test_a_scale_out_of_range_is_held_between_100_and_150_percent() -> None:
    assert tokens_for(is_dark=False, scale=0.2).scale == 1.0
    assert tokens_for(is_dark=False, scale=9.0).scale == 1.5


def test_nothing_that_is_pressed_is_smaller_than_44_pixels() -> None:
    height = tokens_for(is_dark=False).height
    assert min(height.touch, height.button, height.pay, height.field) >= 44
