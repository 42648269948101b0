"""What the scale says, in words: one short for the sell screen, one that says what to do."""

from till_app.services.device_status import LiveWeight, WeightState
from till_app.ui.formatting import Formatter
from till_app.ui.translation import tr
from till_app.ui.widgets.live_weight import WeightTone

_CONTEXT = "Scale"
NOTHING = "–"
_NEEDS_SOMEBODY = (WeightState.UNDER_ZERO, WeightState.OVERLOADED, WeightState.SILENT)


def tone_of(live: LiveWeight) -> WeightTone:
    if live.can_be_taken:
        return WeightTone.READY
    return WeightTone.LOOK if live.state in _NEEDS_SOMEBODY else WeightTone.QUIET


def weight_words(live: LiveWeight, formatter: Formatter) -> str:
    """`0.412 kg`, also while it is on its way; a dash when no weight is known."""
    match live.state:
        case WeightState.STABLE | WeightState.ZERO:
            words = formatter.weight(live.weight_grams)
        case WeightState.MOVING if live.weight_grams:
            words = formatter.weight(live.weight_grams)
        case _:
            return NOTHING
    return tr(_CONTEXT, "{weight} net").format(weight=words) if live.is_net else words


def short_words(live: LiveWeight, formatter: Formatter) -> str:
    """For a glance."""
    match live.state:
        case WeightState.UNDER_ZERO:
            return tr(_CONTEXT, "under zero")
        case WeightState.OVERLOADED:
            return tr(_CONTEXT, "too heavy")
        case WeightState.SILENT:
            return tr(_CONTEXT, "no answer")
        case WeightState.MOVING if not live.weight_grams:
            return tr(_CONTEXT, "moving")
        case _:
            return weight_words(live, formatter)


def possible_short_words(formatter: Formatter) -> tuple[str, ...]:
    """One of each, the weight as wide as any below 100 kg."""
    weights = (LiveWeight(state, 88_888, is_net=True) for state in WeightState)
    return tuple(short_words(live, formatter) for live in weights)


def what_to_do(live: LiveWeight, *, can_zero: bool) -> str:
    match live.state:
        case WeightState.STABLE if live.is_sold:
            return tr(_CONTEXT, "In the basket already: lift it, then weigh the next.")
        case WeightState.STABLE:
            return tr(_CONTEXT, "On the scale, at rest.")
        case WeightState.MOVING:
            return tr(_CONTEXT, "Moving: wait until it rests.")
        case WeightState.ZERO:
            return tr(_CONTEXT, "Nothing on the scale.")
        case WeightState.UNDER_ZERO if can_zero:
            return tr(_CONTEXT, "Under zero: take everything off and press Zero.")
        case WeightState.UNDER_ZERO:
            return tr(_CONTEXT, "Under zero: take everything off and set the scale to zero.")
        case WeightState.OVERLOADED:
            return tr(_CONTEXT, "Too heavy for this scale: weigh it in parts.")
        case WeightState.SILENT:
            return tr(_CONTEXT, "The scale does not answer: type the weight.")
