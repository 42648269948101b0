"""How much is in a pack, as far as its name says: better no unit price than a wrong one."""

import pytest

from till_app.domain.net_content import Measure, NetContent, content_of

KG, LITRE = Measure.KILOGRAM, Measure.LITRE


@pytest.mark.parametrize(
    ("name", "thousandths", "measure"),
    [
        ("Porridge oats 1kg", 1_000_000, KG),
        ("Salted butter 250 g", 250_000, KG),
        ("Semi-skimmed milk 2L", 2_000_000, LITRE),
        ("Red wine 75cl", 750_000, LITRE),
        ("Cola 0.33 l", 330_000, LITRE),
        ("Lager 4 × 440ml", 1_760_000, LITRE),
        ("Crisps 6x25g", 150_000, KG),
        ("Juice 200ml x 3", 600_000, LITRE),
        ("(500g) Mince", 500_000, KG),
        ("Squash 1.5 litres", 1_500_000, LITRE),
    ],
)
def test_a_quantity_in_the_name_is_read(name: str, thousandths: int, measure: Measure) -> None:
    assert content_of(name) == NetContent(thousandths, measure)


@pytest.mark.parametrize(
    "name",
    [
        "Free-range eggs 6",
        "Vitamin C 500mg",
        "5G phone case",
        "Tea 250g + 50g",
        "Rice 1,000 g",
        "Beans 3 pack 400g",
        "Oats 1kg 20% free",
        "Bag 0 g",
        "2 x 250g x 3",
        "Model X2l",
        "",
    ],
)
def test_what_is_not_sure_is_not_known(name: str) -> None:
    assert content_of(name) is None


def test_the_unit_price_is_to_the_nearest_penny() -> None:
    crisps = NetContent(150_000, KG)
    assert crisps.unit_price_minor(235) == 1567
    assert crisps.unit_price_minor(235, per_100=True) == 157
    assert NetContent(2_000_000, LITRE).unit_price_minor(165) == 83  # 82.5 p, up
