"""Promotions by example: what each kind takes off, whom it leaves out, and how it is spread."""

from dataclasses import replace

import pytest

from tests.domain.builders import DAY, STANDARD, ZERO, a_basket, a_line
from till_app.domain.basket_line import BasketLine, PromotionSaving
from till_app.domain.catalogue import Unit, Validity
from till_app.domain.promotions import Promotion, PromotionBook, PromotionKind


def a_promotion(
    kind: PromotionKind, quantity: int, value: int, *names: str, promotion_id: str = "p"
) -> Promotion:
    items = frozenset(f"id of {name}" for name in names)
    return Promotion(promotion_id, f"Offer {promotion_id}", kind, quantity, value, item_ids=items)


def three_for_two(*names: str, promotion_id: str = "p") -> Promotion:
    return a_promotion(PromotionKind.CHEAPEST_FREE, 3, 0, *names, promotion_id=promotion_id)


def several_for(quantity: int, price_minor: int, *names: str, promotion_id: str = "p") -> Promotion:
    return a_promotion(PromotionKind.MULTIBUY_PRICE, quantity, price_minor, *names, promotion_id=promotion_id)


def percent_off(rate_bp: int, *names: str, promotion_id: str = "p") -> Promotion:
    return a_promotion(PromotionKind.PERCENT_OFF, 1, rate_bp, *names, promotion_id=promotion_id)


def amount_off(value: int, *names: str, promotion_id: str = "p") -> Promotion:
    return a_promotion(PromotionKind.AMOUNT_OFF, 1, value, *names, promotion_id=promotion_id)


def of(name: str, price_minor: int, pieces: int = 1, line_id: str = "") -> BasketLine:
    return a_line(line_id or name, price_minor, quantity_milli=1000 * pieces, name=name)


def savings(promotions: list[Promotion], *lines: BasketLine) -> dict[str, dict[str, int]]:
    """By line and promotion."""
    found = PromotionBook(promotions, DAY).savings(a_basket(*lines).lines)
    return {line_id: {s.promotion_id: s.amount_minor for s in each} for line_id, each in found.items()}


def test_a_percentage_is_taken_off_each_thing() -> None:
    assert savings([percent_off(1000, "Soap")], of("Soap", 99, 3)) == {"Soap": {"p": 30}}


def test_a_percentage_is_taken_off_weighed_goods_as_a_whole() -> None:
    cheese = a_line("Cheese", 950, quantity_milli=412, name="Cheese", unit=Unit.KILOGRAM)
    assert savings([percent_off(1000, "Cheese")], cheese) == {"Cheese": {"p": 39}}


def test_an_amount_is_taken_off_each_whole_thing_down_to_nothing_and_not_off_weighed_goods() -> None:
    cheese = a_line("Cheese", 950, quantity_milli=2000, name="Cheese", unit=Unit.KILOGRAM)
    promotion = amount_off(25, "Soap", "Match", "Cheese")
    assert savings([promotion], of("Soap", 99, 2), of("Match", 10, 3), cheese) == {
        "Soap": {"p": 50},
        "Match": {"p": 30},
    }


@pytest.mark.parametrize(("pieces", "saving"), [(1, 0), (2, 60), (3, 60), (4, 120), (5, 120)])
def test_two_for_five_pounds_counts_whole_groups(pieces: int, saving: int) -> None:
    found = savings([several_for(2, 500, "Pizza")], of("Pizza", 280, pieces))
    assert found == ({"Pizza": {"p": saving}} if saving else {})


def test_a_group_that_would_cost_more_than_its_goods_is_not_made() -> None:
    assert savings([several_for(2, 500, "Pizza")], of("Pizza", 240, 4)) == {}


def test_the_dearest_things_go_into_a_group_with_one_price() -> None:
    lines = of("Small", 300), of("Large", 500), of("Middle", 400)
    assert savings([several_for(2, 600, "Small", "Middle", "Large")], *lines) == {
        "Large": {"p": 167},
        "Middle": {"p": 133},
    }


def test_of_three_the_cheapest_is_free_and_what_it_saves_is_spread_over_them_by_value() -> None:
    lines = of("Oats", 145), of("Tea", 290), of("Jam", 210)
    assert savings([three_for_two("Oats", "Tea", "Jam")], *lines) == {
        "Oats": {"p": 33},  # 145 × 145 / 645 = 32.60
        "Tea": {"p": 65},  # 65.19
        "Jam": {"p": 47},  # 47.21
    }


def test_of_six_the_groups_are_made_so_that_the_dearest_can_be_free() -> None:
    lines = of("Dear", 500, 3), of("Cheap", 100, 3)
    assert savings([three_for_two("Dear", "Cheap")], *lines) == {"Dear": {"p": 500}, "Cheap": {"p": 100}}


def test_things_left_over_from_a_multibuy_have_the_discount_that_they_have_alone() -> None:
    found = savings(
        [several_for(2, 500, "Pizza", promotion_id="deal"), percent_off(500, "Pizza", promotion_id="five")],
        of("Pizza", 280, 3),
    )
    assert found == {"Pizza": {"deal": 60, "five": 14}}


def test_a_multibuy_that_saves_less_than_the_discounts_alone_is_not_used() -> None:
    found = savings(
        [several_for(2, 550, "Pizza", promotion_id="deal"), percent_off(2000, "Pizza", promotion_id="fifth")],
        of("Pizza", 280, 2),
    )
    assert found == {"Pizza": {"fifth": 112}}


def test_of_two_multibuys_that_share_goods_each_thing_is_in_one_and_the_deal_is_the_best_of_all() -> None:
    """The meal deal alone would take the drink; 3 for 2 on drinks saves more."""
    meal = several_for(2, 400, "Sandwich", "Drink", promotion_id="meal")
    drinks = three_for_two("Drink", promotion_id="drinks")
    assert savings([meal, drinks], of("Sandwich", 350), of("Drink", 150, 3)) == {"Drink": {"drinks": 150}}
    assert savings([meal, drinks], of("Sandwich", 350), of("Drink", 150, 4)) == {
        "Sandwich": {"meal": 70},
        "Drink": {"drinks": 150, "meal": 30},
    }


def test_of_two_discounts_the_larger_holds_and_of_equal_ones_the_first_id() -> None:
    soap = of("Soap", 100)
    a, b = percent_off(1000, "Soap", promotion_id="a"), amount_off(10, "Soap", promotion_id="b")
    assert savings([b, a], soap) == {"Soap": {"a": 10}}
    assert savings([a, replace(b, value=11)], soap) == {"Soap": {"b": 11}}


def test_a_department_takes_part_with_all_its_goods() -> None:
    promotion = replace(percent_off(1000), department_ids=frozenset({"dairy"}))
    assert savings([promotion], of("Milk", 165)) == {"Milk": {"p": 17}}


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [("2026-11-25", None, False), (None, "2026-11-23", False), ("2026-11-24", "2026-11-24", True)],
)
def test_a_promotion_holds_on_its_days_only(first: str | None, last: str | None, holds: bool) -> None:
    promotion = replace(percent_off(1000, "Soap"), validity=Validity(first, last))
    assert bool(savings([promotion], of("Soap", 100))) is holds


def test_goods_with_a_price_or_discount_by_hand_take_no_part() -> None:
    basket = a_basket(of("Soap", 100), of("Bread", 100), of("Jam", 100))
    basket.set_unit_price("Soap", 90)
    basket.discount_line("Bread", 5)
    found = PromotionBook([percent_off(1000, "Soap", "Bread", "Jam")], DAY).savings(basket.lines)
    assert list(found) == ["Jam"]


def test_an_open_price_takes_no_part() -> None:
    line = replace(of("Soap", 100), list_price_minor=None)
    assert savings([percent_off(1000, "Soap")], line) == {}


def test_a_piece_with_a_price_on_its_label_takes_no_part_and_a_weighed_label_does() -> None:
    marked_down = replace(of("Soap", 100), fixed_price_minor=60)
    weighed = a_line("Cheese", 950, quantity_milli=412, name="Cheese", unit=Unit.KILOGRAM)
    labelled = replace(weighed, fixed_price_minor=391)
    assert savings([percent_off(1000, "Soap", "Cheese")], marked_down, labelled) == {"Cheese": {"p": 39}}


def test_goods_that_come_back_and_voided_lines_take_no_part() -> None:
    basket = a_basket(of("Soap", 100, 2), of("Jam", 100))
    basket.add(a_line("back", 100, quantity_milli=-1000, name="Soap"))
    basket.void_line("Jam")
    found = PromotionBook([several_for(2, 150, "Soap", "Jam")], DAY).savings(basket.all_lines)
    assert found == {"Soap": (PromotionSaving("p", "Offer p", 50),)}


def test_two_lines_save_the_same_as_one_line_of_both() -> None:
    promotion = [three_for_two("Oats")]
    together = savings(promotion, of("Oats", 145, 3))
    apart = PromotionBook(promotion, DAY).savings(
        [replace(of("Oats", 145, n, line_id=str(n)), line_number=n) for n in (1, 2)]
    )
    assert together == {"Oats": {"p": 145}}
    assert sum(saving.amount_minor for each in apart.values() for saving in each) == 145


def test_the_vat_of_each_line_is_that_of_what_is_paid_for_it() -> None:
    """A zero-rated and a standard-rated thing for £3 together: £1 off £4, by value."""
    basket = a_basket(
        a_line("Book", 100, name="Book", rate=ZERO), a_line("Toy", 300, name="Toy", rate=STANDARD)
    )
    basket.apply_promotions(PromotionBook([several_for(2, 300, "Book", "Toy")], DAY).savings(basket.lines))
    assert [(line.gross_minor, line.tax.tax_minor) for line in basket.lines] == [(75, 0), (225, 38)]
    assert basket.totals().savings_minor == 100


def test_more_of_the_same_joins_a_line_that_has_a_promotion() -> None:
    basket = a_basket(of("Soap", 100, 2))
    basket.apply_promotions({"Soap": (PromotionSaving("p", "", 50),)})
    basket.add(of("Soap", 100, line_id="again"))
    assert [line.quantity_milli for line in basket.lines] == [3000]


def test_a_changed_line_waits_for_its_promotions_to_be_worked_out() -> None:
    basket = a_basket(of("Soap", 100, 2))
    basket.apply_promotions({"Soap": (PromotionSaving("p", "", 150),)})
    assert basket.set_quantity("Soap", 1000).promotions == ()
    assert basket.set_unit_price("Soap", 90).discount_minor == 0


def test_a_discount_on_the_basket_gives_way_where_a_promotion_leaves_too_little() -> None:
    basket = a_basket(of("Soap", 100))
    basket.discount_basket(80)
    basket.apply_promotions({"Soap": (PromotionSaving("p", "", 50),)})
    line = basket.line("Soap")
    assert (line.promotion_minor, line.basket_discount_minor, line.gross_minor) == (50, 50, 0)


def test_a_discount_on_the_basket_is_spread_over_what_promotions_leave() -> None:
    basket = a_basket(of("Soap", 100), of("Jam", 150))
    basket.apply_promotions({"Jam": (PromotionSaving("p", "", 50),)})
    basket.discount_basket(20)
    assert [line.basket_discount_minor for line in basket.lines] == [10, 10]


def test_a_great_many_of_one_thing_are_settled_at_once() -> None:
    assert savings([three_for_two("Pencil")], of("Pencil", 20, 99_999)) == {"Pencil": {"p": 33_333 * 20}}


def test_offers_too_tangled_to_weigh_all_at_once_come_one_at_a_time_the_largest_saving_first() -> None:
    """Twelve of a thing in each of three offers: 12 × 12 × 12 combinations of open groups."""
    offers = [
        several_for(12, price, "Can", promotion_id=name)
        for name, price in (("a", 1100), ("b", 900), ("c", 1000))
    ]
    assert savings(offers, of("Can", 100, 24)) == {"Can": {"b": 600}}
