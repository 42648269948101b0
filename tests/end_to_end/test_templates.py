"""Templates from their files and from the hub to what a till prints."""

import json
import shutil
from pathlib import Path

import pytest
import requests

from tests.end_to_end.shop import MILK, admin, begin_day, open_shop, open_till, pair, sell
from till_app.domain.receipt_templates import DocumentKind, usual_template
from till_app.services.printed_text import printed_text

RESOURCES = Path(__file__).parents[2] / "resources"
SHORT = ["shop", "mark", "title", "lines", "total", "tenders", "vat", "identity", "qr"]


def test_a_till_prints_by_the_files_that_come_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_till(tmp_path / "as shipped") as (till, _heard):
        for kind in DocumentKind:
            assert till.services.settings.template(kind) == usual_template(kind)
    resources = tmp_path / "resources"
    shutil.copytree(RESOURCES / "receipt_templates", resources / "receipt_templates")
    changed = {"document": "price_label", "blocks": ["price", "date"]}
    (resources / "receipt_templates" / "price_label.json").write_text(json.dumps(changed))
    monkeypatch.setenv("TILL_RESOURCES", str(resources))
    with open_till(tmp_path / "changed") as (till, _heard):
        assert till.services.settings.template(DocumentKind.PRICE_LABEL).blocks == ("price", "date")


def test_the_hub_takes_a_good_template_refuses_a_broken_one_and_the_till_prints_by_it(tmp_path: Path) -> None:
    with open_shop(tmp_path / "hub") as hub, open_till(tmp_path / "till") as (till, _heard):
        pair(till, hub)
        good = json.dumps({"document": "receipt", "blocks": SHORT, "qr_text": "{number}"})
        admin(hub, "PUT", "/v1/admin/settings/receipt_template", json={"value": good})
        broken = json.dumps({"document": "receipt", "blocks": SHORT[1:]})
        with pytest.raises(requests.HTTPError) as refused:
            admin(hub, "PUT", "/v1/admin/settings/receipt_template", json={"value": broken})
        assert "a receipt cannot do without shop" in refused.value.response.text
        till.load_catalogue()
        till.services.settings.read_again()
        begin_day(till)
        sell(till, MILK)
        text = printed_text(till.services.receipts.receipt(till.ledger.latest_sales(1)[0]))
        assert text.splitlines()[-1].strip() == "[QR 1-000001]"
