"""Which blocks come in which order: what a shop may choose, and what it may not leave out."""

import json
from pathlib import Path

import pytest

from till_app.domain.catalogue import Setting
from till_app.domain.receipt_templates import (
    DocumentKind,
    TemplateInvalid,
    template_text,
    templates_from_text,
    usual_template,
)
from till_app.domain.shop_settings import settings_from

SHIPPED = Path(__file__).parents[2] / "resources" / "receipt_templates"
SHORT = ["shop", "mark", "title", "lines", "total", "tenders", "vat", "identity"]


def template(**fields: object) -> str:
    return json.dumps({"document": "receipt", "blocks": SHORT} | fields)


@pytest.mark.parametrize("kind", DocumentKind)
def test_what_is_shipped_is_what_holds_anyway(kind: DocumentKind) -> None:
    text = (SHIPPED / f"{kind.value}.json").read_text(encoding="utf-8")
    assert templates_from_text(text) == (usual_template(kind),)
    assert text == template_text(usual_template(kind))


def test_no_shipped_template_is_of_another_kind() -> None:
    assert {path.stem for path in SHIPPED.glob("*.json")} == {kind.value for kind in DocumentKind}


def test_a_shop_chooses_order_options_and_spacers() -> None:
    (chosen,) = templates_from_text(
        template(
            blocks=["rule", *reversed(SHORT), "rule", "blank", "qr"], qr_text="https://x.example/{number}"
        )
    )
    assert chosen.blocks == ("rule", *reversed(SHORT), "rule", "blank", "qr")
    assert templates_from_text(template_text(chosen)) == (chosen,)


def test_several_templates_come_in_a_list() -> None:
    label = {"document": "price_label", "blocks": ["price"], "unit_price_per_100": True}
    both = templates_from_text(f"[{template()}, {json.dumps(label)}]")
    assert [each.kind for each in both] == [DocumentKind.RECEIPT, DocumentKind.PRICE_LABEL]
    assert both[1].unit_price_per_100


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is JSON"),
        ("[" * 100_000, "is JSON"),
        ("5", "an object"),
        (template(document="invoice"), "'invoice' is no kind"),
        (template(document=[1]), "is no kind"),
        (template(blocks="shop"), "list of names"),
        (template(blocks=[*SHORT, 1]), "list of names"),
        (template(blocks=[*SHORT, "weather"]), "no block 'weather'"),
        (template(blocks=[*SHORT, "total"]), "'total' is on the receipt twice"),
        (template(blocks=SHORT[:-2]), "cannot do without vat, identity"),
        (template(blocks=[*SHORT, *["blank"] * 40]), "more than 40"),
        (template(qr_text="hello"), "names the receipt"),
        (template(qr_text="{code}\u0007"), "can be seen"),
        (template(qr_text=7), "qr_text is a text"),
        (template(colour="red"), "no colour"),
        (f"[{template()}, {template()}]", "two templates"),
        (
            json.dumps({"document": "gift_receipt", "blocks": ["title", "lines", "identity"]}),
            "without one of barcode, qr",
        ),
    ],
)
def test_a_template_that_cannot_be_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(TemplateInvalid, match=words):
        templates_from_text(text)


def test_the_hub_and_the_till_take_a_setting_that_is_a_template_and_no_other() -> None:
    good, none_bad = settings_from([Setting("receipt_template", template())])
    assert [each.kind for each in good.receipt_template] == [DocumentKind.RECEIPT]
    assert none_bad == ()
    default, bad = settings_from([Setting("receipt_template", template(blocks=["logo"]))])
    assert default.receipt_template == ()
    assert bad == ("receipt_template",)
