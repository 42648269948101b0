"""Which whole things go together in which multibuy so that the customer saves most. Integers only.

A thing takes part in one offer at most. The things that a multibuy takes, from the dearest down, may be
grouped as they come: where the cheapest is free, that frees the dearest that can be; where several have one
price, any grouping saves the same. So one pass over all things from the dearest down, with how many each
multibuy holds of its next group as the state, finds the best deal exactly.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_STEPS = 6_000
"""Things times combinations of open groups that are weighed at once, some ten milliseconds' worth; goods and
offers more tangled than that come one offer at a time."""
_OPEN = tuple[int, ...]
"""How many things each multibuy holds of its next group."""


@dataclass(frozen=True, slots=True)
class Multibuy:
    promotion_id: str
    quantity: int
    """Of one group."""
    price_minor: int | None
    """Of a whole group; None: its cheapest is free."""

    def saving_minor(self, price_minor: int, *, closes: bool) -> int:
        """What one more thing adds to what the group saves."""
        if self.price_minor is None:
            return price_minor if closes else 0
        return price_minor - (self.price_minor if closes else 0)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Whole things of one item at one price."""

    key: str
    price_minor: int
    count: int
    alone_minor: int
    """What each saves in no multibuy."""
    multibuy_ids: frozenset[str]


Taken = Mapping[str, Mapping[str, int]]
"""How many of each Pieces, by their key, each multibuy takes, by its id."""


def best_deal(pieces: Sequence[Pieces], multibuys: Sequence[Multibuy]) -> Taken:
    """The same for the same pieces in any order."""
    taken: dict[str, dict[str, int]] = {}
    for group, offers in _separate(pieces, multibuys):
        bulk, rest = _in_bulk(group, offers)
        _merge(taken, bulk)
        combinations = math.prod(offer.quantity for offer in offers)
        if len(offers) == 1 or combinations * sum(piece.count for piece in rest) <= MOST_STEPS:
            _merge(taken, _weighed(rest, offers))
        else:
            _merge(taken, _one_at_a_time(rest, offers))
    return taken


def _separate(
    pieces: Sequence[Pieces], multibuys: Sequence[Multibuy]
) -> list[tuple[list[Pieces], list[Multibuy]]]:
    """Offers that share no goods have nothing to do with each other."""
    groups: list[tuple[list[Pieces], set[str]]] = []
    for each in sorted(pieces, key=lambda piece: (-piece.price_minor, piece.key)):
        if not each.multibuy_ids:
            continue
        goods, ids = [each], set(each.multibuy_ids)
        for other in [group for group in groups if group[1] & ids]:
            groups.remove(other)
            goods, ids = other[0] + goods, ids | other[1]
        groups.append((goods, ids))
    return [
        (
            sorted(goods, key=lambda piece: (-piece.price_minor, piece.key)),
            sorted((offer for offer in multibuys if offer.promotion_id in ids), key=lambda o: o.promotion_id),
        )
        for goods, ids in groups
    ]


def _one_at_a_time(pieces: list[Pieces], offers: list[Multibuy]) -> Taken:
    """The offer that alone saves most first; what it takes is gone for the others."""
    taken: dict[str, dict[str, int]] = {}
    left, waiting = pieces, list(offers)
    while waiting:
        deals = [(offer, _weighed(_only(left, offer), [offer])) for offer in waiting]
        offer, deal = max(deals, key=lambda pair: _gain(left, pair[0], pair[1]))
        _merge(taken, deal)
        gone = deal.get(offer.promotion_id, {})
        left = [_fewer(piece, gone.get(piece.key, 0)) for piece in left]
        waiting.remove(offer)
    return taken


def _only(pieces: list[Pieces], offer: Multibuy) -> list[Pieces]:
    return [piece for piece in pieces if offer.promotion_id in piece.multibuy_ids and piece.count]


def _fewer(piece: Pieces, gone: int) -> Pieces:
    return Pieces(piece.key, piece.price_minor, piece.count - gone, piece.alone_minor, piece.multibuy_ids)


def _gain(pieces: list[Pieces], offer: Multibuy, deal: Taken) -> int:
    """Over what the things it takes save alone."""
    gone = deal.get(offer.promotion_id, {})
    prices = [piece.price_minor for piece in pieces for _ in range(gone.get(piece.key, 0))]
    alone_minor = sum(piece.alone_minor * gone.get(piece.key, 0) for piece in pieces)
    return saved_minor(offer, prices) - alone_minor


def saved_minor(offer: Multibuy, prices_minor: Sequence[int]) -> int:
    """By whole groups of things of these prices, given from the dearest down."""
    if offer.price_minor is None:
        return sum(prices_minor[offer.quantity - 1 :: offer.quantity])
    return sum(prices_minor) - offer.price_minor * (len(prices_minor) // offer.quantity)


def _merge(taken: dict[str, dict[str, int]], more: Taken) -> None:
    for promotion_id, counts in more.items():
        of_promotion = taken.setdefault(promotion_id, {})
        for key, count in counts.items():
            of_promotion[key] = of_promotion.get(key, 0) + count


# ------------------------------------------------------------------ exactly


def _in_bulk(
    pieces: Sequence[Pieces], offers: Sequence[Multibuy]
) -> tuple[dict[str, dict[str, int]], list[Pieces]]:
    """With the few of each that are left to weigh."""
    taken: dict[str, dict[str, int]] = {}
    rest: list[Pieces] = []
    for piece in pieces:
        whole, left = _many_of_one(piece, offers)
        _merge(taken, whole)
        rest.append(left)
    return taken, rest


def _many_of_one(piece: Pieces, offers: Sequence[Multibuy]) -> tuple[Taken, Pieces]:
    """Settle a great many of the same thing without weighing each.

    When there are so many that in any deal one offer (or none) has at least `block` of them side by side, a
    best deal for all is a best deal for `block` fewer with the best use of a block by itself.
    """
    open_to = [offer for offer in offers if offer.promotion_id in piece.multibuy_ids]
    block = math.lcm(*(offer.quantity for offer in open_to))
    enough = (len(open_to) + 1) * (block + 2 * max(offer.quantity for offer in open_to))
    blocks = max(0, (piece.count - enough) // block)
    if not blocks:
        return {}, piece
    best: Multibuy | None = None
    best_minor = block * piece.alone_minor
    for offer in open_to:
        minor = saved_minor(offer, [piece.price_minor] * block)
        if minor > best_minor:
            best, best_minor = offer, minor
    settled = blocks * block
    taken = {best.promotion_id: {piece.key: settled}} if best else {}
    return taken, _fewer(piece, settled)


def _weighed(pieces: Sequence[Pieces], offers: Sequence[Multibuy]) -> Taken:
    """`pieces` from the dearest down."""
    nothing_open: _OPEN = (0,) * len(offers)
    reached: dict[_OPEN, int] = {nothing_open: 0}
    """What is saved at most by each state so far."""
    steps: list[tuple[str, dict[_OPEN, tuple[_OPEN, int]]]] = []
    """Of each thing, whence its states came and which offer took it (-1: none)."""
    for piece in pieces:
        open_to = [index for index, offer in enumerate(offers) if offer.promotion_id in piece.multibuy_ids]
        for _ in range(piece.count):
            following: dict[_OPEN, int] = {}
            came: dict[_OPEN, tuple[_OPEN, int]] = {}
            for state, minor in reached.items():
                _keep_better(following, came, state, minor + piece.alone_minor, (state, -1))
                for index in open_to:
                    offer = offers[index]
                    closes = state[index] + 1 == offer.quantity
                    held = 0 if closes else state[index] + 1
                    then = (*state[:index], held, *state[index + 1 :])
                    gained = minor + offer.saving_minor(piece.price_minor, closes=closes)
                    _keep_better(following, came, then, gained, (state, index))
            reached = following
            steps.append((piece.key, came))
    taken: dict[str, dict[str, int]] = {}
    state = nothing_open
    for key, came in reversed(steps):
        state, index = came[state]
        if index >= 0:
            _merge(taken, {offers[index].promotion_id: {key: 1}})
    return taken


def _keep_better(
    best: dict[_OPEN, int],
    came: dict[_OPEN, tuple[_OPEN, int]],
    state: _OPEN,
    minor: int,
    step: tuple[_OPEN, int],
) -> None:
    """Of two ways to the same saving the first stays: the one with fewer offers."""
    if state not in best or minor > best[state]:
        best[state] = minor
        came[state] = step
