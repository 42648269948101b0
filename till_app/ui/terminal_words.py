"""What the till says of card payments and of their terminal."""

from collections.abc import Mapping

from till_app.domain.times import from_text
from till_app.services.card_payments import CardPayments
from till_app.services.device_status import DeviceState, PaymentQuestion
from till_app.services.payment_views import EndedPayment
from till_app.services.ports import PaymentAttempt, PaymentPurpose, PaymentState
from till_app.ui.formatting import Formatter
from till_app.ui.translation import tr
from till_app.ui.widgets.top_bar import StatusState, StatusTone

_CONTEXT = "CardTerminal"
TERMINAL_PILL = "terminal"

_REASONS: Mapping[str, str] = {
    "unavailable": "The till cannot reach the terminal. Is it switched on and connected?",
    "refused": "The terminal takes no connection now. Another till may be using it.",
    "timeout": "The terminal does not answer. Is it switched on and connected?",
    "closed": "The terminal broke the connection off.",
    "busy": "The terminal does something else. Look at its screen, then try again.",
    "not_permitted": "The till may not use the terminal. Call the installer.",
    "address_invalid": "The terminal's settings are wrong. Call the installer.",
    "currency_unknown": "The terminal does not know this currency.",
    "driver_failed": "The till's part of the connection to the terminal failed. Call the installer.",
    "not_found": "The terminal has no such payment.",
}


def is_given_back(attempt: PaymentAttempt) -> bool:
    """Whether the money goes to the customer."""
    return attempt.purpose is not PaymentPurpose.PURCHASE


def waiting_title(attempt: PaymentAttempt) -> str:
    if is_given_back(attempt):
        return tr(_CONTEXT, "Giving back on the card terminal")
    return tr(_CONTEXT, "Waiting for the card terminal")


def unknown_title(attempt: PaymentAttempt, formatter: Formatter) -> str:
    amount = formatter.amount(attempt.amount_minor)
    if is_given_back(attempt):
        return tr(_CONTEXT, "We do not know whether {amount} was given back").format(amount=amount)
    return tr(_CONTEXT, "We do not know whether {amount} was taken").format(amount=amount)


def question_words(question: PaymentQuestion | None, left_s: float) -> str:
    """What the till does about it by itself; `left_s` until it asks again."""
    if question is None:
        return tr(_CONTEXT, "The till asks the terminal as soon as it answers.")
    if question.is_asking:
        if question.asked == 1:
            return tr(_CONTEXT, "The till is asking the terminal…")
        return tr(_CONTEXT, "The till is asking the terminal again ({count})…").format(count=question.asked)
    if question.next_in_s is None:
        return tr(_CONTEXT, "This terminal cannot be asked by the till: look at it.")
    return tr(_CONTEXT, "Asked {count}×, no answer yet. Asking again in {seconds} s.").format(
        count=question.asked, seconds=max(0, round(left_s))
    )


def certain_title(attempt: PaymentAttempt, formatter: Formatter, *, moved: bool) -> str:
    amount = formatter.amount(attempt.amount_minor)
    if is_given_back(attempt):
        text = (
            tr(_CONTEXT, "Are you sure that {amount} was given back?")
            if moved
            else tr(_CONTEXT, "Are you sure that {amount} was not given back?")
        )
    else:
        text = (
            tr(_CONTEXT, "Are you sure that {amount} was taken?")
            if moved
            else tr(_CONTEXT, "Are you sure that {amount} was not taken?")
        )
    return text.format(amount=amount)


def moved_caption(attempt: PaymentAttempt, *, moved: bool) -> str:
    if is_given_back(attempt):
        return tr(_CONTEXT, "It was given back") if moved else tr(_CONTEXT, "It was not given back")
    return tr(_CONTEXT, "It was taken") if moved else tr(_CONTEXT, "It was not taken")


def ended_title(attempt: PaymentAttempt) -> str:
    """Of one by which no money moved."""
    match attempt.state:
        case PaymentState.DECLINED:
            return tr(_CONTEXT, "Declined")
        case PaymentState.NOT_SENT:
            return tr(_CONTEXT, "The terminal did not begin")
        case _:
            return tr(_CONTEXT, "Cancelled")


def ended_words(ended: EndedPayment) -> str:
    """Why, as far as the terminal told."""
    shown = ended.words if ended.words != ended_title(ended.attempt) else ""
    reason = _REASONS.get(ended.attempt.reason)
    return "\n".join(part for part in (shown, tr(_CONTEXT, reason) if reason else "") if part)


def nothing_moved_words(attempt: PaymentAttempt) -> str:
    if attempt.purpose is PaymentPurpose.REVERSAL:
        return tr(_CONTEXT, "The payment stands: nothing went back to the card.")
    if attempt.purpose is PaymentPurpose.REFUND:
        return tr(_CONTEXT, "Nothing went back to the card.")
    return tr(_CONTEXT, "No money was taken.")


def surprise_words(ended: EndedPayment, formatter: Formatter) -> str:
    """The first line says what the terminal tells, the second what follows."""
    attempt = ended.attempt
    amount = formatter.amount(attempt.approved_minor or attempt.amount_minor)
    if attempt.approved_minor:
        title = (
            tr(_CONTEXT, "The terminal says now that {amount} was given back")
            if is_given_back(attempt)
            else tr(_CONTEXT, "The terminal says now that {amount} was taken")
        )
        detail = tr(_CONTEXT, "Until now it counted as not done. Look at what is paid.")
    else:
        title = tr(_CONTEXT, "The terminal says now that {amount} did not move")
        detail = tr(_CONTEXT, "A sale counts it as paid by card. Tell the manager.")
    return f"{title.format(amount=amount)}\n{detail}"


def without_sale_words(payment: PaymentAttempt, formatter: Formatter) -> str:
    """The first line says what is so, the second what it means."""
    amount = formatter.amount(payment.approved_minor)
    time = formatter.time(from_text(payment.started_at))
    if payment.purpose is PaymentPurpose.REFUND:
        title = tr(_CONTEXT, "{amount} was given back by card at {time}, and no sale says why")
        detail = tr(_CONTEXT, "Take it back on the terminal, or tell the manager.")
    else:
        title = tr(_CONTEXT, "{amount} was taken by card at {time} and is in no sale")
        detail = tr(_CONTEXT, "It belongs to the customer: it must be given back.")
    return f"{title.format(amount=amount, time=time)}\n{detail}"


def card_note(cards: CardPayments) -> str:
    """Beside the key of the Card button."""
    if not cards.uses_terminal:
        return tr(_CONTEXT, "separate terminal")
    match cards.terminal_health.state:
        case DeviceState.READY:
            return tr(_CONTEXT, "terminal ready")
        case DeviceState.UNREACHABLE:
            return tr(_CONTEXT, "terminal not reached")
        case DeviceState.NEEDS_SOMEBODY:
            return tr(_CONTEXT, "look at the terminal")
        case _:
            return tr(_CONTEXT, "terminal")


def terminal_pill(cards: CardPayments, formatter: Formatter) -> StatusState | None:
    """None while the terminal needs nobody."""
    lost = cards.without_sale
    if lost:
        words = tr(_CONTEXT, "Card: {amount} in no sale").format(
            amount=formatter.amount(sum(payment.approved_minor for payment in lost))
        )
        return StatusState(TERMINAL_PILL, words, StatusTone.BAD, "credit-card")
    if not cards.uses_terminal:
        return None
    match cards.terminal_health.state:
        case DeviceState.UNREACHABLE:
            words = tr(_CONTEXT, "Card terminal not reached")
        case DeviceState.NEEDS_SOMEBODY:
            words = tr(_CONTEXT, "Card terminal needs somebody")
        case _:
            return None
    return StatusState(TERMINAL_PILL, words, StatusTone.WARN, "credit-card")


def terminal_details(cards: CardPayments) -> str:
    """What the pill means: the first line says it, the second what to do."""
    reason = _REASONS.get(cards.terminal_health.error, "")
    advice = tr(_CONTEXT, reason) if reason else tr(_CONTEXT, "Look at its screen.")
    return f"{tr(_CONTEXT, 'The card terminal cannot be used now')}\n{advice}"
