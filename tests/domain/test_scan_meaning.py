"""A scan's meaning as facts, for trying a scanner out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from till_app.domain.scan_meaning import scan_meaning

GS = "\x1d"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "]E05000128104517",
            {"raw": "]E05000128104517", "aim": "]E0", "symbology": "EAN-13", "meaning": "item",
             "gtin": "05000128104517"},
        ),
        (
            "]d20105000128104517" + "10A1" + GS + "17261100" + "3103000412" + "3932978391",
            {"raw": "]d2010500012810451710A1<GS>1726110031030004123932978391", "aim": "]d2",
             "symbology": "GS1 DataMatrix", "meaning": "item", "gtin": "05000128104517", "batch": "A1",
             "expires_on": "2026-11-30", "weight_kg": "0.412", "price": "3.91 EUR"},
        ),
        (
            "978030640615752499",
            {"raw": "978030640615752499", "meaning": "book", "gtin": "09780306406157", "add_on": "52499"},
        ),
        (
            "9770262996038",
            {"raw": "9770262996038", "symbology": "EAN-13", "meaning": "periodical",
             "gtin": "09770262996038"},
        ),
        (
            "2000011003913",
            {"raw": "2000011003913", "symbology": "EAN-13", "meaning": "label", "item": "2000011",
             "price": "3.91"},
        ),
        (
            "2100011004122",
            {"raw": "2100011004122", "symbology": "EAN-13", "meaning": "label", "item": "2100011",
             "quantity": "0.412"},
        ),
        ("RN2-004182", {"raw": "RN2-004182", "meaning": "receipt", "receipt": "2-004182"}),
        (
            "5000128104518",
            {"raw": "5000128104518", "symbology": "EAN-13", "meaning": "misread", "expected_digit": "7"},
        ),
        ("\x02A\t7", {"raw": "<02>A<09>7", "meaning": "other"}),
        ("]C0TILL-128", {"raw": "]C0TILL-128", "aim": "]C0", "symbology": "Code 128", "meaning": "other"}),
    ],
)  # fmt: skip
def test_a_scan_says_what_it_means(text: str, facts: dict[str, str]) -> None:
    assert scan_meaning(text, 2026) == facts


@given(st.text(st.sampled_from("0123456789]ECQd\x1d\x02RN-(/:"), max_size=40))
def test_every_scan_has_a_meaning_and_no_empty_fact(text: str) -> None:
    facts = scan_meaning(text, 2026)
    assert facts["meaning"]
    assert all(facts.values())
