"""What holds for any promotions and any basket."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import DAY, a_line
from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketLine
from till_app.domain.multibuys import Multibuy, Pieces, best_deal, saved_minor
from till_app.domain.promotions import Promotion, PromotionBook, PromotionKind

NAMES = ("Ale", "Bread", "Cheese", "Dates")


@st.composite
def promotions(draw: st.DrawFn) -> list[Promotion]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(PromotionKind))
        highest = 10_000 if kind is PromotionKind.PERCENT_OFF else 1_500
        made.append(
            Promotion(
                f"p{number}",
                f"Offer {number}",
                kind,
                draw(st.integers(2, 4)),
                draw(st.integers(0, highest)),
                item_ids=draw(
                    st.frozensets(st.sampled_from([f"id of {name}" for name in NAMES]), min_size=1)
                ),
            )
        )
    return made


PRICES = {"Ale": 0, "Bread": 120, "Cheese": 333, "Dates": 475}
GOODS = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 7)), min_size=1, max_size=6)


def lines_of(goods: Sequence[tuple[str, int]]) -> list[BasketLine]:
    return [
        replace(
            a_line(str(number), PRICES[name], quantity_milli=1000 * pieces, name=name), line_number=number
        )
        for number, (name, pieces) in enumerate(goods, 1)
    ]


def total_saved(book: PromotionBook, lines: Sequence[BasketLine]) -> int:
    return sum(saving.amount_minor for each in book.savings(lines).values() for saving in each)


@given(promotions(), GOODS)
def test_no_saving_is_below_zero_or_above_what_the_line_costs(
    offers: list[Promotion], goods: list[tuple[str, int]]
) -> None:
    basket = Basket("basket", "")
    for line in lines_of(goods):
        basket.add(line, combine=False)
    basket.apply_promotions(PromotionBook(offers, DAY).savings(basket.lines))
    for line in basket.lines:
        assert all(saving.amount_minor > 0 for saving in line.promotions)
        assert 0 <= line.gross_minor <= line.before_discount_minor
        assert line.tax.net_minor + line.tax.tax_minor == line.gross_minor
    totals = basket.totals()
    assert totals.total_minor + totals.savings_minor == totals.before_discount_minor


@given(promotions(), GOODS, st.randoms(use_true_random=False))
def test_the_order_of_scanning_makes_no_difference_to_what_each_item_costs(
    offers: list[Promotion], goods: list[tuple[str, int]], random: Random
) -> None:
    def by_item(order: Sequence[tuple[str, int]]) -> dict[str, int]:
        lines = lines_of(order)
        found = PromotionBook(offers, DAY).savings(lines)
        sums: dict[str, int] = {}
        for line in lines:
            saved = sum(saving.amount_minor for saving in found.get(line.line_id, ()))
            sums[line.item_id] = sums.get(line.item_id, 0) + saved
        return sums

    shuffled = list(goods)
    random.shuffle(shuffled)
    assert by_item(shuffled) == by_item(goods)


@given(promotions(), GOODS)
def test_one_line_of_all_saves_what_a_line_for_each_saves(
    offers: list[Promotion], goods: list[tuple[str, int]]
) -> None:
    book = PromotionBook(offers, DAY)
    singles = [(name, 1) for name, pieces in goods for _ in range(pieces)]
    merged = [(name, sum(pieces for other, pieces in goods if other == name)) for name in dict(goods)]
    assert total_saved(book, lines_of(singles)) == total_saved(book, lines_of(merged))


@given(promotions(), GOODS, st.sampled_from(NAMES))
def test_one_thing_more_never_costs_more_than_its_own_price(
    offers: list[Promotion], goods: list[tuple[str, int]], name: str
) -> None:
    """All that was saved without it can still be saved with it: the other goods together cost no more."""
    book = PromotionBook(offers, DAY)
    assert total_saved(book, lines_of([*goods, (name, 1)])) >= total_saved(book, lines_of(goods))


@given(promotions(), GOODS, promotions())
def test_one_promotion_more_never_saves_less(
    offers: list[Promotion], goods: list[tuple[str, int]], more: list[Promotion]
) -> None:
    lines = lines_of(goods)
    other = [replace(promotion, promotion_id=f"more {promotion.promotion_id}") for promotion in more[:1]]
    assert total_saved(PromotionBook([*offers, *other], DAY), lines) >= total_saved(
        PromotionBook(offers, DAY), lines
    )


# ------------------------------------------------- against trying everything


def most_saved(things: Sequence[tuple[int, int, frozenset[str]]], offers: Sequence[Multibuy]) -> int:
    """By trying for each thing (price, what it saves alone, its offers) every offer and none."""
    best = 0
    for choice in itertools.product(*(["", *sorted(ids)] for *_, ids in things)):
        minor = sum(alone for (_, alone, _), chosen in zip(things, choice, strict=True) if not chosen)
        for offer in offers:
            prices = sorted(
                (
                    price
                    for (price, _, _), chosen in zip(things, choice, strict=True)
                    if chosen == offer.promotion_id
                ),
                reverse=True,
            )
            if len(prices) % offer.quantity:
                break
            minor += saved_minor(offer, prices)
        else:
            best = max(best, minor)
    return best


OFFERS = st.lists(
    st.tuples(st.integers(2, 3), st.one_of(st.none(), st.integers(0, 900))), min_size=1, max_size=2
)
THINGS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 100), st.sets(st.sampled_from(["o0", "o1"]), min_size=1)),
    min_size=1,
    max_size=7,
)


@given(OFFERS, THINGS)
def test_the_deal_is_the_best_that_trying_everything_finds(
    offered: list[tuple[int, int | None]], goods: list[tuple[int, int, set[str]]]
) -> None:
    offers = [Multibuy(f"o{n}", quantity, price) for n, (quantity, price) in enumerate(offered)]
    known = {offer.promotion_id for offer in offers}
    things = [(price, min(alone, price), frozenset(ids & known)) for price, alone, ids in goods]
    pieces = [Pieces(str(n), price, 1, alone, ids) for n, (price, alone, ids) in enumerate(things)]
    taken = best_deal(pieces, offers)
    saved = 0
    for piece in pieces:
        takers = [promotion_id for promotion_id, counts in taken.items() if counts.get(piece.key)]
        assert len(takers) <= 1
        assert set(takers) <= piece.multibuy_ids
        saved += 0 if takers else piece.alone_minor
    for offer in offers:
        counts = taken.get(offer.promotion_id, {})
        prices = sorted((piece.price_minor for piece in pieces if counts.get(piece.key)), reverse=True)
        assert len(prices) % offer.quantity == 0
        saved += saved_minor(offer, prices)
    assert saved == most_saved(things, offers)


@given(
    OFFERS,
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 100), st.integers(1, 60)), min_size=1, max_size=3),
)
def test_settling_many_of_a_thing_in_bulk_finds_the_same_deal_as_weighing_each(
    offered: list[tuple[int, int | None]], goods: list[tuple[int, int, int]]
) -> None:
    """One line of many against a line for each, which are too few to be settled in bulk."""
    offers = [Multibuy(f"o{n}", quantity, price) for n, (quantity, price) in enumerate(offered)]
    ids = frozenset(offer.promotion_id for offer in offers)
    many = [
        Pieces(f"{n}", price, count, min(alone, price), ids) for n, (price, alone, count) in enumerate(goods)
    ]
    single = [
        replace(piece, key=f"{piece.key} {number}", count=1)
        for piece in many
        for number in range(piece.count)
    ]
    assert saved_by(many, offers) == saved_by(single, offers)


def saved_by(pieces: Sequence[Pieces], offers: Sequence[Multibuy]) -> int:
    taken = best_deal(pieces, offers)
    saved = sum(
        piece.alone_minor * (piece.count - sum(counts.get(piece.key, 0) for counts in taken.values()))
        for piece in pieces
    )
    for offer in offers:
        counts = taken.get(offer.promotion_id, {})
        prices = [piece.price_minor for piece in pieces for _ in range(counts.get(piece.key, 0))]
        saved += saved_minor(offer, sorted(prices, reverse=True))
    return saved
