"""Templates: which blocks of a printed document come in which order, as a shop may choose them; pure.

What a block prints is elsewhere. What the law or the till needs on a document cannot be left out of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_SPACERS = ("rule", "blank")
"""May stand anywhere, any number of times."""
_MOST_BLOCKS = 40
_LONGEST_QR_TEXT = 300
QR_CODE, QR_NUMBER = "{code}", "{number}"
"""In a QR text: what the barcode holds, and the receipt number as people read it."""


class DocumentKind(StrEnum):
    RECEIPT = "receipt"
    GIFT_RECEIPT = "gift_receipt"
    CREDIT_NOTE = "credit_note"
    PICK_UP_SLIP = "pick_up_slip"
    X_REPORT = "x_report"
    Z_REPORT = "z_report"
    SHELF_EDGE_LABEL = "shelf_edge_label"
    PRICE_LABEL = "price_label"


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Those that a kind of document knows, in words with spaces between."""

    usual: str
    """In the order that holds unless a shop chooses another."""
    needed: str
    further: str = ""
    """Known, and not there unless asked for."""
    needs_one_of: str = ""

    @property
    def known(self) -> frozenset[str]:
        return frozenset((*self.usual.split(), *self.further.split(), *_SPACERS))


_KINDS: Mapping[DocumentKind, _Blocks] = {
    DocumentKind.RECEIPT: _Blocks(
        "logo shop texts_above mark title lines total tenders savings vat identity barcode"
        " footer texts_below",
        "shop mark title lines total tenders vat identity",
        "qr",
    ),
    DocumentKind.GIFT_RECEIPT: _Blocks(
        "logo shop texts_above title lines identity barcode footer texts_below",
        "title lines identity",
        "qr",
        "barcode qr",
    ),
    DocumentKind.CREDIT_NOTE: _Blocks(
        "logo shop mark title customer lines total tenders vat reason identity barcode footer",
        "shop mark title customer lines total vat reason identity",
        "qr texts_above texts_below",
    ),
    DocumentKind.PICK_UP_SLIP: _Blocks(
        "logo shop mark title customer lines identity barcode signature",
        "mark title customer lines identity",
        "qr footer texts_above texts_below",
    ),
    DocumentKind.X_REPORT: _Blocks(
        "shop title session figures expected", "shop title session figures expected", "logo"
    ),
    DocumentKind.Z_REPORT: _Blocks(
        "shop title session figures count journal", "shop title session figures count journal", "logo"
    ),
    DocumentKind.SHELF_EDGE_LABEL: _Blocks(
        "name price was_price unit_price offer barcode item_code date", "name price"
    ),
    DocumentKind.PRICE_LABEL: _Blocks(
        "name price barcode", "price", "was_price unit_price offer item_code date"
    ),
}
LABELS = (DocumentKind.SHELF_EDGE_LABEL, DocumentKind.PRICE_LABEL)
"""Of a label the blocks say what is on it; where it stands follows from the label's size."""


class TemplateInvalid(ValueError):
    """In words: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Template:
    """Raises TemplateInvalid."""

    kind: DocumentKind
    blocks: tuple[str, ...]
    qr_text: str = QR_CODE
    """What the QR code holds: an address of the shop's own, or what the barcode holds."""
    unit_price_per_100: bool = False
    """Labels say the price of 100 g or 100 ml instead of a kilogram or a litre."""

    def __post_init__(self) -> None:
        name = self.kind.value.replace("_", " ")
        blocks = _KINDS[self.kind]
        chosen = [block for block in self.blocks if block not in _SPACERS]
        if len(self.blocks) > _MOST_BLOCKS:
            raise TemplateInvalid(f"the {name} has more than {_MOST_BLOCKS} blocks")
        for block in chosen:
            if block not in blocks.known:
                raise TemplateInvalid(f"a {name} has no block {block!r}")
            if chosen.count(block) > 1:
                raise TemplateInvalid(f"the block {block!r} is on the {name} twice")
        missing = [block for block in blocks.needed.split() if block not in chosen]
        if missing:
            raise TemplateInvalid(f"a {name} cannot do without {', '.join(missing)}")
        alternatives = blocks.needs_one_of.split()
        if alternatives and not any(block in chosen for block in alternatives):
            raise TemplateInvalid(f"a {name} cannot do without one of {', '.join(alternatives)}")
        if len(self.qr_text) > _LONGEST_QR_TEXT or not self.qr_text.isprintable():
            raise TemplateInvalid(f"a QR text has at most {_LONGEST_QR_TEXT} characters that can be seen")
        if QR_CODE not in self.qr_text and QR_NUMBER not in self.qr_text:
            raise TemplateInvalid(f"a QR text names the receipt: by {QR_CODE} or {QR_NUMBER}")


_USUAL = {kind: Template(kind, tuple(blocks.usual.split())) for kind, blocks in _KINDS.items()}


def usual_template(kind: DocumentKind) -> Template:
    """The one that holds where nobody chose another."""
    return _USUAL[kind]


def templates_from_text(text: str) -> tuple[Template, ...]:
    """One template as a JSON object, or several in a list. Raises TemplateInvalid."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TemplateInvalid(f"a template is JSON: {error}") from error
    templates = tuple(map(_from_plain, plain if isinstance(plain, list) else [plain]))
    kinds = [template.kind for template in templates]
    if len(set(kinds)) < len(kinds):
        raise TemplateInvalid("there are two templates of one kind of document")
    return templates


def template_text(template: Template) -> str:
    """As `templates_from_text` reads it."""
    plain: dict[str, object] = {"document": template.kind.value, "blocks": list(template.blocks)}
    if template.qr_text != QR_CODE:
        plain["qr_text"] = template.qr_text
    if template.unit_price_per_100:
        plain["unit_price_per_100"] = True
    return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


def _from_plain(plain: object) -> Template:
    if not isinstance(plain, dict):
        raise TemplateInvalid("a template is an object with a document and its blocks")
    unknown = sorted(map(str, plain.keys() - {"document", "blocks", "qr_text", "unit_price_per_100"}))
    if unknown:
        raise TemplateInvalid(f"a template has no {', '.join(unknown)}")
    name = plain.get("document")
    if not isinstance(name, str) or name not in set(DocumentKind):
        known = ", ".join(DocumentKind)
        raise TemplateInvalid(f"{name!r} is no kind of document; there are {known}")
    qr_text = plain.get("qr_text", QR_CODE)
    per_100 = plain.get("unit_price_per_100", False)
    if not isinstance(qr_text, str) or not isinstance(per_100, bool):
        raise TemplateInvalid("qr_text is a text, and unit_price_per_100 is true or false")
    return Template(DocumentKind(name), _block_names(plain.get("blocks")), qr_text, per_100)


def _block_names(blocks: object) -> tuple[str, ...]:
    if not isinstance(blocks, list) or not all(isinstance(block, str) for block in blocks):
        raise TemplateInvalid("the blocks are a list of names")
    return tuple(blocks)
