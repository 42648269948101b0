"""Every refusal has words that tell the cashier what to do: the source itself says which codes there are."""

import ast
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import till_app
from till_app.domain.currency import GBP
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.services.device_settings import DeviceId, DeviceSettings, PrinterSettings
from till_app.services.sign_on import LockedOut, WrongPin
from till_app.ui.devices_words import how_it_is_set
from till_app.ui.formatting import Formatter
from till_app.ui.words import (
    DISK_CODES,
    REFUSAL_CODES,
    words_of_disk,
    words_of_permission,
    words_of_pin,
    words_of_refusal,
)

ROOT = Path(till_app.__file__).parent
FORMATTER = Formatter(GBP)


@dataclass(frozen=True)
class Raised:
    code: str
    facts: tuple[str, ...]
    where: str

    def __str__(self) -> str:
        return f"{self.code} in {self.where}"


def raised(error_name: str, *folders: str) -> Iterator[Raised]:
    for folder in folders:
        for path in sorted((ROOT / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == error_name and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        facts = tuple(keyword.arg for keyword in node.keywords if keyword.arg)
                        yield Raised(first.value, facts, f"{folder}/{path.name}:{node.lineno}")


REFUSALS = tuple(raised("DomainError", "domain", "services", "store"))


def test_the_source_is_found() -> None:
    assert {"basket_empty", "approval_needed", "card_over_balance"} <= {each.code for each in REFUSALS}


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_each_refusal_has_words_filled_from_its_facts(refusal: Raised) -> None:
    assert refusal.code in REFUSAL_CODES
    text = words_of_refusal(DomainError(refusal.code, **dict.fromkeys(refusal.facts, 1)), FORMATTER)
    title, advice = text.split("\n")
    assert "{" not in text
    assert len(title) <= 80
    assert advice.endswith(".")


def test_no_words_are_kept_for_a_code_that_is_never_raised() -> None:
    assert {each.code for each in REFUSALS} >= REFUSAL_CODES


def test_amounts_and_quantities_in_the_words_are_formatted() -> None:
    due = words_of_refusal(DomainError("card_over_balance", due_minor=1206), FORMATTER)
    assert "£12.06 is due" in due
    left = words_of_refusal(DomainError("return_too_much", item="Milk", left_milli=2000), FORMATTER)
    assert "Of this sale, 2 can still" in left


def test_a_code_without_words_is_still_said() -> None:
    assert "brand_new" in words_of_refusal(DomainError("brand_new"), FORMATTER)


def test_the_disk_says_that_nothing_was_changed() -> None:
    for code in DISK_CODES:
        assert "nothing was changed" in words_of_disk(code)


@pytest.mark.parametrize("permission", Permission)
def test_each_permission_says_whom_it_asks_for(permission: Permission) -> None:
    assert words_of_permission(permission).endswith(".")


def test_a_wrong_pin_counts_down_to_the_lock_out() -> None:
    assert words_of_pin(WrongPin(2), FORMATTER) == "Wrong PIN – 2 tries left"
    assert words_of_pin(WrongPin(1), FORMATTER) == "Wrong PIN – 1 try left"
    locked = LockedOut("2026-11-24T14:35:00.000000Z")
    in_london = Formatter(GBP, zone=dt.UTC)
    assert words_of_pin(locked, in_london) == "Too many wrong PINs: locked until 14:35"


def test_a_printer_whose_silence_is_trusted_says_so_on_its_card() -> None:
    for trusts, words in (
        (True, "ESC/POS · print queue · what is sent counts as printed"),
        (False, "ESC/POS · print queue"),
    ):
        settings = DeviceSettings(printer=PrinterSettings("cups://receipts", trust_silence=trusts))
        assert how_it_is_set(settings, DeviceId.RECEIPT_PRINTER)[0] == words
