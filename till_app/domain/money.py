"""Arithmetic of minor units: rounding with a name, and penny-exact allocation. No currency, no formatting."""

from collections.abc import Sequence


def divide_half_away(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest integer, halves away from zero.

    For positive amounts this is HMRC's "0.5 and above up" (VATREC12020); being odd, it makes a return
    the exact mirror of its sale.
    """
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def extended_price_minor(unit_price_minor: int, quantity_milli: int) -> int:
    """Price of a quantity: `quantity_milli` is in thousandths of the unit that the price is for."""
    return divide_half_away(unit_price_minor * quantity_milli, 1000)


def share_of_minor(amount_minor: int, rate_bp: int) -> int:
    """`rate_bp` basis points of an amount, rounded half away from zero."""
    return divide_half_away(amount_minor * rate_bp, 10_000)


def allocate_minor(amount_minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split an amount over non-negative weights so that the parts sum to it exactly.

    Each part is its exact share rounded towards zero; the pennies left go to the largest remainders,
    the earlier line first when remainders tie.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    total_weight = sum(weights)
    if total_weight == 0:
        if amount_minor == 0:
            return (0,) * len(weights)
        raise ValueError("an amount cannot be spread over nothing")
    sign = 1 if amount_minor >= 0 else -1
    magnitude = abs(amount_minor)
    parts = [magnitude * weight // total_weight for weight in weights]
    remainders = [magnitude * weight % total_weight for weight in weights]
    left = magnitude - sum(parts)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        parts[index] += 1
    return tuple(sign * part for part in parts)
