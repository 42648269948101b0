import json
import subprocess
import sys
from pathlib import Path

import pytest

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
DAY = "2010-12-01 08:26:00"


def trade_file(folder: Path, *rows: str) -> Path:
    path = folder / "trade.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def row(
    invoice: str, code: str, name: str, quantity: object, price: object, customer: str = "17850.0"
) -> str:
    return f"{invoice},{code},{name},{quantity},{DAY},{price},{customer},United Kingdom"


def run_replay(path: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.replay", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    return done.returncode, done.stdout, done.stderr


def test_file_till_and_hub_agree_on_awkward_trade(tmp_path: Path) -> None:
    path = trade_file(
        tmp_path,
        row("1", "85123A", "WHITE HANGING HEART", 7, "2.55"),
        row("1", "85123a", "white hanging heart", 3, "2.95"),
        row("1", "POST", "POSTAGE", 1, "18.0"),
        row("2", "71053", "LANTERN", 4, "0.001", ""),
        row("2", "22139", '"=cmd, ""quoted"" é"', 1, "0.0", ""),
        row("3", "D", "Discount", -1, "5.00"),
        row("3", "71053", "LANTERN", 10, "3.39"),
        row("C4", "85123A", "WHITE HANGING HEART", -2, "2.55"),
        row("C5", "85123A", "WHITE HANGING HEART", -3, "2.55"),
        row("C6", "85123A", "WHITE HANGING HEART", -3, "2.55"),
        row("C7", "22960", "NEVER SOLD HERE", -6, "4.25", ""),
        row("8", "BANK CHARGES", "Bank Charges", 1, "15.0"),
        row("9", "gift_0001_20", "Voucher £20", 1, "20.0"),
        row("10", "M", "Manual", 1, "1.255"),
        row("11", "22139", "", 56, "0.0", ""),
        row("12", "84952C", "damaged", -38, "0.0", ""),
        row("13", "B", "Adjust bad debt", 1, "-11062.06", ""),
        row("14", "71053", "LANTERN", "x", "1.00"),
        row("15", "71053", "LANTERN", "1.5", "1.00"),
        row("16", "71053", "LANTERN", 1, "nan"),
        row("17", "", "NO CODE", 1, "1.00"),
        row("18", "71053", "LANTERN", 74215, "1.04"),
        row("C18", "71053", "LANTERN", -74215, "1.04"),
    )
    code, out, err = run_replay(path)
    assert code == 0, err or out
    result = json.loads(out)
    assert result["equal"] is True
    assert result["file"] == result["till"] == result["hub"]
    assert result["lines_in_file"] == 23
    assert result["file"]["lines"] + result["lines_left_out"] == 23
    assert {entry["invoice"] for entry in result["left_out"]} == {"11", "12", "13", "14", "15", "16", "17"}
    assert all(entry["reason"] for entry in result["left_out"])
    handled = result["handled"]
    assert handled["returned_against_a_sale"] == 3  # C4, C5 and C18; C6 brings back more than is left
    assert handled["priced_in_parts_of_a_penny"] == 2
    assert (handled["as_carriage"], handled["as_discount"], handled["as_fee"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [("a,b\n1,2\n", "has no column InvoiceNo"), (None, "cannot be read")],
)
def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "trade.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    code, out, err = run_replay(path)
    assert (code, out) == (2, "")
    assert words in err
