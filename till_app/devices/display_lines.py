"""What a pole display says: a customer's view in two lines of a few characters."""

from collections.abc import Callable

from till_app.services.device_status import CustomerMoment, CustomerView, ShownLine

Lines = tuple[str, str]


def display_lines(
    view: CustomerView, columns: int, translate: Callable[[str], str] = str, idle_text: str = ""
) -> Lines:
    """`idle_text`: up to two lines while nobody buys; empty: what the view says."""
    match view.moment:
        case CustomerMoment.IDLE:
            return _message(idle_text or view.message, columns)
        case CustomerMoment.CLOSED:
            return _message(translate("Closed"), columns)
        case CustomerMoment.SELLING:
            return _last_line(view.last_line, columns), _beside(translate("Total"), view.total, columns)
        case CustomerMoment.PAYING:
            asked = (translate("To pay"), view.to_pay) if view.to_pay else (translate("You get"), view.change)
            return _beside(translate("Total"), view.total, columns), _beside(*asked, columns)
        case CustomerMoment.DONE:
            change = _beside(translate("Change"), view.change, columns) if view.change else ""
            return (change or _beside(translate("Paid"), view.total, columns)), translate("Thank you")


def _last_line(line: ShownLine | None, columns: int) -> str:
    if line is None:
        return ""
    quantity = line.quantity.partition(" × ")[0]
    return _beside(f"{quantity} {line.name}".lstrip(), line.amount, columns)


def _beside(words: str, amount: str, columns: int) -> str:
    """The amount at the right is never cut; the words are, as far as it needs."""
    room = max(0, columns - len(amount) - 1)
    return f"{words[:room].rstrip():<{room}} {amount}"[-columns:]


def _message(text: str, columns: int) -> Lines:
    """The first two lines; a single one that is too long is broken between two words, if it can be."""
    upper, lower, *_ = [*text.splitlines(), "", ""]
    if not lower and len(upper) > columns:
        cut = upper.rfind(" ", 0, columns + 1)
        cut = cut if cut > 0 else columns
        upper, lower = upper[:cut], upper[cut:].strip()
    return upper.strip()[:columns].center(columns), lower.strip()[:columns].center(columns)
