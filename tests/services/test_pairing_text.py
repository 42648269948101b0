"""What a scanner delivers for pairing."""

import pytest

from till_app.services.pairing_text import PairingText, checked_fingerprint, parse_pairing_text

CA = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"tillpair:https://hub.example:8443?code=K7QF-2M9X&ca={CA}",
            PairingText("https://hub.example:8443", "K7QF-2M9X", CA),
        ),
        ("tillpair:http://127.0.0.1:8080?code=AB", PairingText("http://127.0.0.1:8080", "AB", "")),
        ("  TILLPAIR:https://hub/shop?code=A%2BB\r\n", PairingText("https://hub/shop", "A+B", "")),
    ],
)
def test_a_scanned_text_names_hub_code_and_authority(text: str, expected: PairingText) -> None:
    assert parse_pairing_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "5000128104517",
        "tillpair:",
        "tillpair:https://hub",
        "tillpair:https://hub?code=",
        "tillpair:ftp://hub?code=A",
        "tillpair:https://hub?code=A&ca=12",
        f"tillpair:https://hub?code=A&ca={CA[:-1]}g",
    ],
)
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"pairing code|fingerprint"):
        parse_pairing_text(text)


def test_a_fingerprint_may_be_written_as_people_write_it() -> None:
    assert checked_fingerprint("AB:CD " * 16) == "abcd" * 16
