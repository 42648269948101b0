from dataclasses import replace

import pytest

from till_app.domain.journal import GENESIS_HASH, JournalEntry, entry_hash, is_intact, sealed

TILL = "till-uuid"
ENTRY = sealed(
    TILL,
    1,
    "01a20df8-8300-7000-8000-000000000001",
    "sale",
    1,
    "2026-11-24T14:32:00.000000Z",
    "2026-11-24",
    b'{"total_minor":165}',
    GENESIS_HASH,
)


def test_the_hash_of_a_known_entry_never_changes() -> None:
    # printf '%s\n…' of the eight header lines, then the body, into sha256sum.
    assert ENTRY.hash == "ecc13430bf29e1b37c9a2145e1a32832339dd891aab95fb46b4b1f3e876abda8"


@pytest.mark.parametrize(
    "changed",
    [
        replace(ENTRY, seq=2),
        replace(ENTRY, uuid="01a20df8-8300-7000-8000-000000000002"),
        replace(ENTRY, kind="no_sale"),
        replace(ENTRY, version=2),
        replace(ENTRY, at="2026-11-24T14:32:00.000001Z"),
        replace(ENTRY, business_date="2026-11-25"),
        replace(ENTRY, body=b'{"total_minor":166}'),
        replace(ENTRY, body=ENTRY.body + b"\n"),
        replace(ENTRY, prev_hash="1" * 64),
        replace(ENTRY, hash="2" * 64),
    ],
)
def test_any_change_to_an_entry_shows(changed: JournalEntry) -> None:
    assert is_intact(TILL, ENTRY)
    assert not is_intact(TILL, changed)


def test_an_entry_of_another_till_does_not_fit() -> None:
    assert not is_intact("other-till", ENTRY)


@pytest.mark.parametrize("field", ["till_id", "uuid", "kind", "at", "business_date", "prev_hash"])
def test_a_line_feed_in_the_header_is_refused(field: str) -> None:
    header = {
        "till_id": TILL,
        "uuid": ENTRY.uuid,
        "kind": ENTRY.kind,
        "at": ENTRY.at,
        "business_date": ENTRY.business_date,
        "prev_hash": ENTRY.prev_hash,
    }
    header[field] += "\nmore"
    with pytest.raises(ValueError, match="line feed"):
        entry_hash(seq=1, version=1, body=ENTRY.body, **header)
