"""The laws of waiting for a hub that does not answer."""

from hypothesis import given
from hypothesis import strategies as st

from till_app.sync.backoff import Backoff

chances = st.floats(min_value=0.0, max_value=1.0, exclude_max=True)


@given(st.lists(chances, max_size=200))
def test_a_wait_is_never_negative_nor_over_five_minutes(rolls: list[float]) -> None:
    backoff = Backoff(chance=iter(rolls).__next__)
    assert all(0.0 <= backoff.next_wait_s() <= 300.0 for _ in rolls)


@given(st.lists(chances, min_size=1, max_size=50))
def test_a_wait_is_below_the_ceiling_that_was_announced(rolls: list[float]) -> None:
    backoff = Backoff(chance=iter(rolls).__next__)
    for _ in rolls:
        ceiling_s = backoff.ceiling_s
        assert backoff.next_wait_s() <= ceiling_s


@given(st.integers(min_value=0, max_value=100))
def test_a_success_starts_over_from_one_second(failures: int) -> None:
    backoff = Backoff(chance=lambda: 0.5)
    for _ in range(failures):
        backoff.next_wait_s()
    backoff.reset()
    assert backoff.ceiling_s == 1.0


def test_the_ceiling_doubles_from_one_second_to_five_minutes() -> None:
    backoff = Backoff(chance=lambda: 0.0)
    ceilings = []
    for _ in range(11):
        ceilings.append(backoff.ceiling_s)
        backoff.next_wait_s()
    assert ceilings == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_the_jitter_is_full() -> None:
    assert Backoff(first_s=8.0, chance=lambda: 0.0).next_wait_s() == 0.0
    assert Backoff(first_s=8.0, chance=lambda: 0.75).next_wait_s() == 6.0
