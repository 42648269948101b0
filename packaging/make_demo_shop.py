"""Makes resources/demo/items.csv: the shop's own goods, then real goods from a list of Open Food Facts.

It is run by hand when the range changes; the same input gives the same file, byte for byte. What kinds of
goods there are, their VAT and their prices is in demo_shop/goods_rules.csv, not here.

Usage: python packaging/make_demo_shop.py OPENFOODFACTS.csv [FOLDER]
"""

import csv
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parent / "demo_shop"
FOLDER = Path(__file__).parents[1] / "resources" / "demo"
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SIZE = re.compile(r"\b\d+(?:\.\d+)?(?: ?[x×] ?\d+(?:\.\d+)?)? ?(?:kg|g|ml|cl|l|litres?)\b", re.IGNORECASE)
LARGE = re.compile(
    r"\b(?:\d+(?:\.\d+)? ?kg|[4-9]\d\d g|[1-9](?:\.\d+)? ?l(?:itres?)?|\d+ ?[x×]|multipack|family)\b",
    re.IGNORECASE,
)
BRANDS = {
    "mcvities": "McVitie's",
    "mcvitie's": "McVitie's",
    "kelloggs": "Kellogg's",
    "m&s": "M&S",
    "hp": "HP",
}
CLUMSY = re.compile(r"[,/] ?\d|\. \d|[A-Za-z]\.\d|[\w,]- |×\d|× \d{3}| (?:X|of)$")
"""Sizes with a decimal comma, codes, words broken in two: names that were typed in haste."""
SMALL_WORDS = frozenset({"a", "and", "at", "for", "from", "in", "of", "on", "or", "the", "to", "with"})
BARE_NAMES_PER_KIND = 6
"""One-word names such as "Chocolate" say little: a shop has a few of them and not a hundred."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of goods_rules.csv: how goods of a kind are told by the words in their names, and sold."""

    name: str
    department: str
    vat_code: str
    minimum_age: str
    at_most: int
    min_pence: int
    max_pence: int
    description: str
    words: re.Pattern[str]
    unless: re.Pattern[str] | None

    def fits(self, name: str) -> bool:
        return bool(self.words.search(name)) and not (self.unless and self.unless.search(name))


@dataclass(frozen=True, slots=True)
class Product:
    gtin: str
    name: str


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_words(path: Path) -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8").split())


def alternatives(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{words})(?![\w'])")


def read_kinds(path: Path) -> list[Kind]:
    return [
        Kind(
            name=row["kind"],
            department=row["department"],
            vat_code=row["vat_code"],
            minimum_age=row["minimum_age"],
            at_most=int(row["at_most"]),
            min_pence=int(row["min_pence"]),
            max_pence=int(row["max_pence"]),
            description=row["description"],
            words=alternatives(row["words"]),
            unless=alternatives(row["unless"]) if row["unless"] else None,
        )
        for row in read_rows(path)
    ]


def number_from(gtin: str, purpose: str, below: int) -> int:
    """A number that looks random and is always the same for a GTIN and a purpose."""
    digest = hashlib.sha256(f"{purpose} {gtin}".encode()).digest()
    return int.from_bytes(digest[:8]) % below


def has_right_check_digit(gtin: str) -> bool:
    weighted = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(gtin))
    return len(gtin) == 13 and weighted % 10 == 0


def cleaned_name(name: str) -> str:
    """Spaces, quotes, sizes and capitals as a shop would write them; the words stay as they are."""
    name = re.sub(r"[‘’´`]", "'", name)
    name = re.sub(r"\([^)]*\)|[\"“”*™®]", " ", name)
    name = re.sub(r"\s+", " ", name).strip(" .,;:-–/&")
    name = re.sub(r"(\d) ?(g|kg|ml|cl)\b", lambda m: m[1] + " " + m[2].lower(), name, flags=re.IGNORECASE)
    name = re.sub(r"(\d) ?(?:gm|gr|grams)\b", r"\1 g", name, flags=re.IGNORECASE)
    name = re.sub(r"(\d) ?(?:ltr|litres?|l)\b", r"\1 L", name, flags=re.IGNORECASE)
    name = re.sub(r"(\d) ?[x×] ?(?=\d)", r"\1 × ", name, flags=re.IGNORECASE)
    name = re.sub(r"(\d) ?pk\b", r"\1 Pack", name, flags=re.IGNORECASE)
    name = re.sub(r" x ?(?=\d)", " × ", name, flags=re.IGNORECASE)
    name = re.sub(r" ?& ?", " & ", name).replace(" ,", ",")
    letters = [c for c in name if c.isalpha()]
    shouts = sum(c.isupper() for c in letters) > 0.7 * len(letters)
    return " ".join(_cased(word, index, shouts) for index, word in enumerate(name.split(" ")))


def _cased(word: str, index: int, shouts: bool) -> str:
    if word.casefold() in BRANDS:
        return BRANDS[word.casefold()]
    if any(c.isdigit() for c in word) or word in ("g", "kg", "ml", "cl", "L", "×"):
        return word
    if word.casefold() in SMALL_WORDS and index > 0:
        return word.casefold()
    if shouts or word.islower() or (word[:2].isupper() and len(word) > 3):
        return re.sub(WORD, lambda found: found[0][0].upper() + found[0][1:].lower(), word)
    return word


def read_products(path: Path) -> list[Product]:
    """Those with a name that an English shop would print, each name once."""
    unwanted = read_words(SOURCE / "unwanted_words.txt")
    raw = [(row["gtin"], cleaned_name(row["name"])) for row in read_rows(path)]
    known = Counter(word for _, name in raw for word in {w.casefold() for w in WORD.findall(name)})
    by_name: dict[str, Product] = {}
    for gtin, name in sorted(raw, key=lambda pair: number_from(pair[0], "order", 2**60)):
        words = [word.casefold() for word in WORD.findall(name)]
        is_usable = (
            has_right_check_digit(gtin)
            and 4 <= len(name) <= 40
            and re.fullmatch(r"[A-Za-z][A-Za-zéèâîêûçï0-9 &'!.,×-]*", name)
            and all(known[word] >= 3 and word not in unwanted for word in words)
            and not CLUMSY.search(name)
            and len(set(words)) == len(words)
            and not any(len(word) == 1 and word not in "aglx" for word in words)
        )
        if is_usable:
            by_name.setdefault(name_key(name), Product(gtin, name))
    return list(by_name.values())


def name_key(name: str) -> str:
    """The same for names that a cashier could not tell apart."""
    return re.sub(r"\W", "", name.casefold()).rstrip("s")


def chosen(products: Iterable[Product], kinds: list[Kind]) -> Iterator[tuple[Kind, Product]]:
    """Each product under the first kind that fits it, until the kind has enough."""
    taken: Counter[str] = Counter()
    bare: Counter[str] = Counter()
    for product in products:
        folded = product.name.casefold()
        kind = next((kind for kind in kinds if kind.fits(folded)), None)
        if kind is None or taken[kind.name] >= kind.at_most:
            continue
        if " " not in product.name:
            bare[kind.name] += 1
            if bare[kind.name] > BARE_NAMES_PER_KIND:
                continue
        taken[kind.name] += 1
        yield kind, product


def price_pence(product: Product, kind: Kind) -> int:
    """Within the kind's range, in its upper part for a large pack; ends in 5, 9 or 00."""
    low, high = kind.min_pence, kind.max_pence
    if LARGE.search(product.name):
        low = (low + high) // 2
    pence = low + number_from(product.gtin, "price", high - low + 1)
    ending = number_from(product.gtin, "ending", 5)
    if ending == 0 and pence >= 100:
        rounded = round(pence / 100) * 100
    else:
        rounded = pence // 10 * 10 + (9 if ending < 3 else 5)
    return rounded


def described(product: Product, kind: Kind) -> str:
    """One sentence: what it is, the size when the name has one, how to keep it."""
    what, _, keeping = kind.description.partition("; ")
    size = SIZE.search(product.name)
    return what + (f", {size[0]}" if size else "") + (f"; {keeping}." if keeping else ".")


def real_items(source: Path, taken_names: set[str]) -> Iterator[dict[str, str]]:
    kinds = read_kinds(SOURCE / "goods_rules.csv")
    numbers: Counter[str] = Counter()
    products = [product for product in read_products(source) if name_key(product.name) not in taken_names]
    for kind, product in sorted(chosen(products, kinds), key=lambda pair: (pair[0].department, pair[1].gtin)):
        numbers[kind.department] += 1
        pence = price_pence(product, kind)
        yield {
            "item_code": f"{kind.department}{numbers[kind.department]:04}",
            "name": product.name,
            "description": described(product, kind),
            "department": kind.department,
            "vat_code": kind.vat_code,
            "price": f"{pence // 100}.{pence % 100:02}",
            "open_price": "no",
            "unit": "each",
            "plu": "",
            "barcodes": product.gtin,
            "minimum_age": kind.minimum_age,
            "stock": str(number_from(product.gtin, "stock", 60)),
            "picture": "",
        }


def main() -> None:
    source = Path(sys.argv[1])
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER
    own_items = read_rows(SOURCE / "own_items.csv")
    items = own_items + list(real_items(source, {name_key(item["name"]) for item in own_items}))
    with (folder / "items.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, own_items[0].keys())
        writer.writeheader()
        writer.writerows(items)
    print(f"{len(items)} items, {len(own_items)} of them the shop's own, in {folder / 'items.csv'}")


if __name__ == "__main__":
    main()
