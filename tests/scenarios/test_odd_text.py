"""Names and codes as hostile or as foreign as they come, all the way from a file to the books."""

import requests

from tests.end_to_end.shop import admin
from tests.scenarios.lane import Lane
from tests.scenarios.oracle import assert_both_sides_are_equal

NAMES = [
    "<script>alert(1)</script>",
    "Tea 🫖🍰 for two",
    "خبز بالزعتر",
    'Zoë\'s Brötchen & "jam"',
    "ﷺ" * 20,
    "e\u0301" * 60,
    "N" * 200,
    "a\\nb%s{0}'); DROP TABLE sale;--",
]
REFUSED = ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "nul\0byte", "bell\x07", "M" * 201, "juice \u202eecived"]
"""A spreadsheet would run the first four; the last one turns what stands behind it round."""


def _import(lane: Lane, names: list[str]) -> dict[str, object]:
    def quoted(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    rows = [f"ODD{at},{quoted(name)},GR,A,1.00,90000{at}" for at, name in enumerate(names)]
    text = "\n".join(["item_code,name,department,vat_code,price,plu", *rows, ""])
    report: dict[str, object] = admin(
        lane.site.running, "POST", "/v1/admin/imports/items", data=text.encode()
    ).json()
    return report


def test_what_a_spreadsheet_would_run_or_no_paper_can_show_is_refused_row_by_row(sqlite_lane: Lane) -> None:
    report = _import(sqlite_lane, [*REFUSED, "Plain tea"])
    assert (report["added"], report["refused_count"]) == (1, len(REFUSED))


def test_every_other_name_is_sold_sent_and_shown_as_it_is(sqlite_lane: Lane) -> None:
    lane = sqlite_lane
    report = _import(lane, NAMES)
    assert (report["added"], report["refused_count"]) == (len(NAMES), 0), report
    lane.settle()
    for at in range(len(NAMES)):
        lane.sell(f"90000{at}")
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane)
    sold = {line.name for sale in lane.sales() for line in sale.lines}
    assert sold == set(NAMES)
    page = requests.get(lane.site.url + "/", timeout=30)
    assert page.ok
    assert "<script>alert" not in page.text
