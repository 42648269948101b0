"""Settings of the hub: typed, with defaults, and of effect when they change."""

import pytest

from tests.conftest import ExpectedLogs
from tests.services.chain_shop import apply, setting
from tests.services.counter import ShopCounter
from till_app.domain.in_store import EmbeddedValue, InStoreLayout, layouts_as_text
from till_app.domain.shop_settings import ShopSettings, settings_from


def test_a_setting_that_nobody_made_has_its_default() -> None:
    assert settings_from([]) == (
        ShopSettings(combine_lines=True, clock_skew_warning_s=120, lock_after_s=0),
        (),
    )


def test_settings_are_read_by_name_and_those_of_other_releases_are_passed_over() -> None:
    settings, bad = settings_from(
        [setting("combine_lines", "No"), setting("lock_after_s", " 300 "), setting("robot_mode", "on")]
    )
    assert (settings.combine_lines, settings.lock_after_s, bad) == (False, 300, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("combine_lines", "perhaps"),
        ("lock_after_s", "-1"),
        ("lock_after_s", "five"),
        ("clock_skew_warning_s", "0"),
        ("clock_skew_warning_s", "99999999"),
        ("lock_after_s", "٣"),
    ],
)
def test_a_value_that_is_none_leaves_the_default_and_is_named(name: str, value: str) -> None:
    assert settings_from([setting(name, value)]) == (ShopSettings(), (name,))


def test_lines_are_combined_as_the_shop_wants_it_from_the_next_scan_on(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.scan("milk")
    selling.scan("milk")
    apply(counter, setting("combine_lines", "false"))
    counter.services.settings.read_again()
    selling.scan("milk")
    assert [line.quantity_milli for line in selling.lines] == [2000, 1000]


def test_a_bad_value_is_in_the_log(counter: ShopCounter, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the hub's setting lock_after_s")
    apply(counter, setting("lock_after_s", "soon"))
    counter.services.settings.read_again()
    assert counter.services.settings.current.lock_after_s == 0


def test_a_table_of_label_layouts_is_read_and_a_bad_one_leaves_the_usual() -> None:
    table = (InStoreLayout("27", 4, 5, EmbeddedValue.PRICE, 2, has_verifier=True),)
    settings, bad = settings_from([setting("label_layouts", layouts_as_text(table))])
    assert (settings.label_layouts, bad) == (table, ())
    assert settings_from([setting("label_layouts", '[{"prefix": "27"}]')]) == (
        ShopSettings(),
        ("label_layouts",),
    )
