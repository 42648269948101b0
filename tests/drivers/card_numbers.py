"""Finds what could be a card number: 12 to 19 digits that pass Luhn, written apart from the masking code."""

import re


def card_numbers_in(text: str) -> list[str]:
    """Also when the digits stand in groups, and when other digits stand before or behind."""
    found = []
    words = [word for word in re.split(r"(\d+)", text) if word]
    for start, word in enumerate(words):
        number = ""
        for part in words[start:] if word.isdigit() else []:
            if part.isdigit():
                number += part
                if 12 <= len(number) <= 19 and _has_check_digit(number):
                    found.append(number)
            elif part not in (" ", "-"):
                break
    return found


def _has_check_digit(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit)
        if place % 2 == 1:
            value = value * 2 if value < 5 else value * 2 - 9
        total += value
    return total % 10 == 0
