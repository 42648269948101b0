"""Barcode data: what is refused before it could be printed, and how Code 128 is spelt with few bars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document import Barcode, Symbology
from hardware.symbologies import (
    CodeSetRun,
    code128_runs,
    code128_values,
    gs1_text,
    has_fitting_check_digit,
)

GOOD = [
    (Symbology.EAN13, "5000159484695"),
    (Symbology.EAN8, "96385074"),
    (Symbology.UPCA, "036000291452"),
    (Symbology.ITF14, "15400141288763"),
    (Symbology.CODE39, "ABC-12 $/+%."),
    (Symbology.CODE128, "a{B}{1 12345678 z~"),
    (Symbology.GS1_128, "(01)05000159484695(10)AB12(17)261124"),
]


@pytest.mark.parametrize(("symbology", "data"), GOOD)
def test_a_well_made_barcode_is_taken(symbology: Symbology, data: str) -> None:
    assert Barcode(data, symbology).data == data


@pytest.mark.parametrize(("symbology", "data"), GOOD[:4])
def test_every_wrong_check_digit_is_refused(symbology: Symbology, data: str) -> None:
    for digit in set("0123456789") - {data[-1]}:
        with pytest.raises(ValueError, match="check digit"):
            Barcode(data[:-1] + digit, symbology)


@pytest.mark.parametrize(
    ("symbology", "data"),
    [
        (Symbology.EAN8, "9638507"),
        (Symbology.UPCA, "٠٣٦٠٠٠٢٩١٤٥٢"),
        (Symbology.ITF14, "1540014128876x"),
        (Symbology.CODE39, "abc"),
        (Symbology.CODE39, "A\x1bB"),
        (Symbology.CODE39, ""),
        (Symbology.GS1_128, "0105000159484695"),
        (Symbology.GS1_128, "(01)05000159484694"),
        (Symbology.GS1_128, "(17)2611"),
        (Symbology.GS1_128, "(10)A\x1b@"),
        (Symbology.GS1_128, "(10)" + "A" * 60),
        (Symbology.GS1_128, "(10)A rest"),
    ],
)
def test_what_the_symbology_cannot_hold_is_refused(symbology: Symbology, data: str) -> None:
    with pytest.raises(ValueError, match=r"EAN-8|UPC-A|ITF-14|Code 39|GS1-128|digits|check digit"):
        Barcode(data, symbology)


@pytest.mark.parametrize(
    ("data", "runs"),
    [
        ("RN2-000001", [("B", "RN2-"), ("C", "000001")]),
        ("12345", [("C", "1234"), ("B", "5")]),
        ("A123B", [("B", "A123B")]),
        ("A12345B", [("B", "A12345B")]),
        ("A1234567B", [("B", "A1"), ("C", "234567"), ("B", "B")]),
        ("42", [("C", "42")]),
        ("4", [("B", "4")]),
    ],
)
def test_runs_of_digits_go_into_code_set_c_where_that_saves_bars(
    data: str, runs: list[tuple[str, str]]
) -> None:
    assert code128_runs(Symbology.CODE128, data) == [CodeSetRun(*run) for run in runs]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=80))
def test_the_runs_hold_the_data_in_order_and_c_in_pairs(data: str) -> None:
    runs = code128_runs(Symbology.CODE128, data)
    assert "".join(run.text for run in runs) == data
    assert all(len(run.text) % 2 == 0 and run.text.isdigit() for run in runs if run.code_set == "C")
    all_in_b = [CodeSetRun("B", data)]
    assert len(code128_values(runs)) <= len(code128_values(all_in_b))


def test_the_check_value_is_that_of_the_standards_example() -> None:
    assert code128_values([CodeSetRun("B", "A")]) == [104, 33, 34]
    assert code128_values([CodeSetRun("1", ""), CodeSetRun("C", "42")]) == [
        105,
        102,
        42,
        (105 + 102 + 84) % 103,
    ]


def test_gs1_elements_are_separated_only_where_their_length_is_free() -> None:
    assert gs1_text("(01)05000159484695(17)261124") == "010500015948469517261124"
    assert gs1_text("(10)AB12(17)261124(21)7") == "10AB12\x1d1726112421" + "7"


def test_a_check_digit_is_modulo_ten_from_the_right() -> None:
    assert has_fitting_check_digit("4006381333931")
    assert not has_fitting_check_digit("4006381333932")
    assert not has_fitting_check_digit("40063813339x1")
