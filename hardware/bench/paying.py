"""`terminal`: a card terminal tried from a terminal; what moves real money says so and asks first."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hardware.bench.amounts import minor_of
from hardware.bench.console import Console, ExitCode, UsageError
from hardware.bench.words import with_advice
from hardware.terminals.currencies import currency_number, printed_amount
from hardware.terminals.opening import open_terminal
from hardware.terminals.terminal import CardTerminal, EndOfDayResult, Outcome, PaymentRequest, PaymentResult

TERMINAL_KINDS = ("simulated", "zvt", "cloud")
MOVES_MONEY = ("purchase", "refund", "reverse")
_LOOK_S = 0.1

_EXIT_CODES = {
    Outcome.APPROVED: ExitCode.DONE,
    Outcome.PARTIALLY_APPROVED: ExitCode.DONE,
    Outcome.DECLINED: ExitCode.FAILED,
    Outcome.ABORTED: ExitCode.FAILED,
    Outcome.NOT_SENT: ExitCode.FAILED,
    Outcome.NOT_FOUND: ExitCode.FAILED,
    Outcome.UNKNOWN: ExitCode.NOT_KNOWN,
}
_WORDS = {
    Outcome.APPROVED: "Approved",
    Outcome.PARTIALLY_APPROVED: "Approved in part",
    Outcome.DECLINED: "Declined, no money moved",
    Outcome.ABORTED: "Given up, no money moved",
    Outcome.NOT_SENT: "Not begun, no money moved",
    Outcome.NOT_FOUND: "The terminal knows nothing of it: no money moved",
    Outcome.UNKNOWN: "NOBODY KNOWS whether money moved",
}


@dataclass(frozen=True, slots=True)
class TerminalOptions:
    kind: str
    action: str
    amount: str = ""
    currency: str = "GBP"
    address: str = ""
    password: str = "000000"
    terminal_id: str = ""
    key_file: Path | None = None
    """With the cloud service's key; without one it is asked for."""
    reference: str = ""
    """Of the attempt: made up for a new one, needed for a query."""
    of: str = ""
    """The terminal's own reference of what is refunded or reversed."""
    memory: Path | None = None
    is_confirmed: bool = False


Wait = Callable[[threading.Thread, float], object]


def use_terminal(
    console: Console, options: TerminalOptions, *, wait: Wait = threading.Thread.join
) -> ExitCode:
    """`wait` looks up every now and then from waiting for a payment; KeyboardInterrupt may come out of it.

    Raises AddressInvalid or UsageError, before anything is sent.
    """
    request = _request(options)
    if options.memory is not None and not options.memory.parent.is_dir():
        raise UsageError(f"there is no folder {options.memory.parent} for the memory")
    terminal = open_terminal(
        options.kind,
        address=options.address,
        password=options.password,
        terminal_id=options.terminal_id,
        secret=_key(console, options),
        memory=options.memory,
    )
    try:
        if (
            options.action in MOVES_MONEY
            and request is not None
            and not _may_begin(console, options, request)
        ):
            console.complain("Nothing was sent.")
            return ExitCode.FAILED
        return _act(console, terminal, options, request, wait)
    finally:
        terminal.close()


def _request(options: TerminalOptions) -> PaymentRequest | None:
    if options.action in ("check", "end-of-day"):
        return None
    if currency_number(options.currency) is None:
        raise UsageError(f"“{options.currency}” is no currency that terminals are asked in here")
    if options.action == "query" and not options.reference:
        raise UsageError("a query needs --reference, as it was shown with the attempt")
    if options.action == "reverse" and not options.of:
        raise UsageError("a reversal needs --of, the terminal's own reference of the payment")
    reference = options.reference or f"bench-{secrets.token_hex(6)}"
    try:
        return PaymentRequest(reference, minor_of(options.amount), options.currency)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _key(console: Console, options: TerminalOptions) -> str:
    """Never on the command line, where others see it."""
    if options.kind != "cloud":
        return ""
    if options.key_file is None:
        return console.ask_secret("The service's key: ").strip()
    try:
        return options.key_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the key cannot be read: {error}") from error


def _may_begin(console: Console, options: TerminalOptions, request: PaymentRequest) -> bool:
    what = f"{options.action} of {printed_amount(request.amount_minor, request.currency)}"
    if options.kind == "simulated":
        console.tell(f"Simulated terminal: this {what} moves no money.")
        return True
    return may_move_money(console, what, is_confirmed=options.is_confirmed)


def may_move_money(console: Console, what: str, *, is_confirmed: bool) -> bool:
    """Warns, and asks unless that was confirmed."""
    console.tell(
        f"WARNING: this {what} is real. If the terminal is not in training mode it moves real money on a "
        "real card, and the bench keeps no books."
    )
    if is_confirmed:
        return True
    try:
        return console.ask("Type yes to go on: ").strip().lower() == "yes"
    except EOFError:
        return False


def _act(
    console: Console,
    terminal: CardTerminal,
    options: TerminalOptions,
    request: PaymentRequest | None,
    wait: Wait,
) -> ExitCode:
    match options.action:
        case "check":
            reason = terminal.check()
            if reason:
                console.complain(with_advice("Not ready", reason))
                return ExitCode.FAILED
            console.tell("Reached, and ready.")
            return ExitCode.DONE
        case "end-of-day":
            return _tell_end_of_day(console, terminal.end_of_day(console.tell))
    assert request is not None
    if options.action == "query":
        return _tell(console, options, request, terminal.query(request, options.of))
    console.tell(f"Reference {request.reference}")

    def move() -> PaymentResult:
        match options.action:
            case "purchase":
                return terminal.purchase(request, console.tell)
            case "refund":
                return terminal.refund(request, console.tell, options.of)
            case _:
                return terminal.reverse(request, options.of, console.tell)

    return _tell(console, options, request, _patiently(console, terminal, move, wait))


def _patiently(
    console: Console, terminal: CardTerminal, move: Callable[[], PaymentResult], wait: Wait
) -> PaymentResult:
    """Ctrl-C asks the terminal to give up and waits for its answer; a second one leaves it."""
    results: list[PaymentResult] = []
    payment = threading.Thread(target=lambda: results.append(move()), name="payment", daemon=True)
    payment.start()
    is_aborting = False
    while payment.is_alive():
        try:
            wait(payment, _LOOK_S)
        except KeyboardInterrupt:
            if is_aborting:
                return PaymentResult(Outcome.UNKNOWN, reason="interrupted")
            is_aborting = True
            terminal.abort()
            console.tell("The terminal is asked to give up; wait for what it says.")
    return results[0] if results else PaymentResult(Outcome.UNKNOWN, reason="driver_failed")


def _tell(
    console: Console, options: TerminalOptions, request: PaymentRequest, result: PaymentResult
) -> ExitCode:
    words = _WORDS[result.outcome]
    if result.amount_minor:
        words += f": {printed_amount(result.amount_minor, request.currency)}"
    if result.words:
        words += f". The terminal says: {result.words}"
    code = _EXIT_CODES[result.outcome]
    (console.tell if code is ExitCode.DONE else console.complain)(
        with_advice(words, result.reason) if result.reason else f"{words}."
    )
    for name, value in (
        ("scheme", result.scheme),
        ("authorisation", result.authorisation),
        ("terminal's reference", result.terminal_reference),
    ):
        if value:
            console.tell(f"  {name}: {value}")
    _tell_printout(console, "customer's copy", result.customer_copy)
    _tell_printout(console, "merchant's copy", result.merchant_copy)
    if result.outcome is Outcome.UNKNOWN:
        console.complain(
            "Pay nothing twice. Ask with the same address: python -m hardware terminal query "
            f"{printed_amount(request.amount_minor, '').strip()} --currency {request.currency} "
            f"--kind {options.kind} --reference {request.reference}"
        )
    return code


def _tell_end_of_day(console: Console, result: EndOfDayResult) -> ExitCode:
    words = result.words or ("Done" if result.is_done else "Not done")
    advised = with_advice(words, result.reason) if result.reason else f"{words}."
    (console.tell if result.is_done else console.complain)(advised)
    _tell_printout(console, "printout", result.printout)
    return ExitCode.DONE if result.is_done else ExitCode.FAILED


def _tell_printout(console: Console, name: str, lines: tuple[str, ...]) -> None:
    if lines:
        console.tell(f"  {name}:")
        for line in lines:
            console.tell(f"    | {line}")
