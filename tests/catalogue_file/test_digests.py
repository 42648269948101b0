"""The sweep's figures of a till are those that the hub has, for any record of any kind, however it came."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalogue_file.records import any_record, item_record
from tests.store.builders import a_catalogue
from till_app.catalogue_file.builder import CatalogueBuilder
from till_app.catalogue_file.digests import ROWS_IN_A_STEP
from till_app.catalogue_file.records import KINDS
from till_app.store.catalogue import SqliteCatalogue
from till_app.sync.records import to_domain
from till_app.wire.changes import LiveRecord, Record, Tombstone, record_key
from till_app.wire.sweeping import digest_of

LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
any_feed = st.lists(any_record, max_size=12)


def hubs_digests(records: Iterable[LiveRecord], kind: str) -> dict[str, int]:
    latest = {record_key(record): record for record in records}
    return {key[1]: digest_of(record) for key, record in latest.items() if key[0] == kind}


def all_digests(catalogue: SqliteCatalogue, kind: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    place: int | None = 0
    while place is not None:
        some, place = catalogue.next_digests(kind, place)
        found += some
    return sorted(found)


def assert_same_figures(catalogue: SqliteCatalogue, records: Sequence[LiveRecord]) -> None:
    for kind in KINDS:
        hub = hubs_digests(records, kind)
        assert all_digests(catalogue, kind) == sorted(hub.items())
        assert catalogue.digests_of(kind, [*hub, "none", "no@ne"]) == hub


@given(records=any_feed)
@LAW
def test_whatever_was_built_has_the_hubs_figures(records: list[LiveRecord]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.sqlite"
        with CatalogueBuilder(path) as builder:
            builder.add(records)
            builder.finish("1")
        with a_catalogue(path) as catalogue:
            assert_same_figures(catalogue, records)


@given(records=any_feed)
@LAW
def test_whatever_was_applied_page_by_page_has_the_hubs_figures(records: list[LiveRecord]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        a_catalogue(Path(folder) / "catalogue.sqlite") as catalogue,
    ):
        for record in records:
            catalogue.apply(to_domain([record]), "1")
        assert_same_figures(catalogue, records)


@given(records=any_feed, chance=st.randoms(use_true_random=False))
@LAW
def test_tombstones_remove_the_same_records_however_they_come(
    records: list[LiveRecord], chance: Random
) -> None:
    feed: list[Record] = []
    for record in records:
        feed.append(record)
        if chance.random() < 0.4:
            feed.append(Tombstone(*record_key(chance.choice(records))))
    left: dict[tuple[str, str], LiveRecord] = {}
    for each in feed:
        if isinstance(each, Tombstone):
            left.pop((each.kind, each.record_id), None)
        else:
            left[record_key(each)] = each
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "built.sqlite"
        with CatalogueBuilder(path) as builder:
            builder.add(feed)
            builder.finish("1")
        with a_catalogue(path) as built:
            assert_same_figures(built, list(left.values()))
        with a_catalogue(Path(folder) / "applied.sqlite") as applied:
            applied.apply(to_domain(feed), "1")
            assert_same_figures(applied, list(left.values()))


def test_many_records_come_in_steps_each_once(tmp_path: Path) -> None:
    records = [item_record(f"i{n}") for n in range(2 * ROWS_IN_A_STEP)]
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.apply(to_domain(records), "1")
        first, place = catalogue.next_digests("item", 0)
        assert (len(first), place is None) == (ROWS_IN_A_STEP, False)
        assert all_digests(catalogue, "item") == sorted(hubs_digests(records, "item").items())


def test_a_changed_price_changes_the_digest_of_that_item_only(tmp_path: Path) -> None:
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.apply(to_domain([item_record(f"i{n}") for n in range(100)]), "1")
        before = set(all_digests(catalogue, "item"))
        catalogue.apply(to_domain([item_record("i7", price_minor=166)]), "2")
        assert {record_id for record_id, _ in set(all_digests(catalogue, "item")) ^ before} == {"i7"}


def test_a_kind_that_this_release_does_not_know_has_no_records(tmp_path: Path) -> None:
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        assert (catalogue.next_digests("drone", 0), catalogue.digests_of("drone", ["d1"])) == (([], None), {})


def test_mending_leaves_the_cursor_where_it_is(tmp_path: Path) -> None:
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.apply(to_domain([item_record("stale"), item_record("wrong", price_minor=1)]), "7")
        mended = to_domain([item_record("wrong"), item_record("lacking")])
        catalogue.mend(mended, to_domain([Tombstone("item", "stale")]))  # type: ignore[arg-type]
        assert catalogue.cursor() == "7"
        assert_same_figures(catalogue, [item_record("wrong"), item_record("lacking")])
