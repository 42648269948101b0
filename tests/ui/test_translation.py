"""Names in other scripts inside the till's own sentences."""

import pytest
from PySide6.QtWidgets import QApplication

from till_app.ui.translation import in_reading_direction

LEFT_TO_RIGHT = "\u200e"


@pytest.mark.parametrize(
    ("text", "is_marked"),
    [
        ("“חלב טרי” is not in the basket.", True),
        ("موز عضوي", True),
        ("Milk is not in the basket.", False),
        ("2 × חלב", True),
        ("Label: חלב", False),
        ("🥛", False),
        ("", False),
    ],
)
def test_a_sentence_that_begins_with_a_name_from_right_to_left_is_still_read_from_left_to_right(
    qapp: QApplication, text: str, is_marked: bool
) -> None:
    assert in_reading_direction(text) == (LEFT_TO_RIGHT + text if is_marked else text)
