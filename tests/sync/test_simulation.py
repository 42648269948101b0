"""Over hundreds of seeded stories of losses and crashes: nothing lost, doubled or out of order."""

import pytest

from tests.conftest import ExpectedLogs
from tests.sync.simulation import Story
from till_app.services.status import LinkState

SEEDS_PER_TEST = 50


@pytest.mark.parametrize("first_seed", range(0, 300, SEEDS_PER_TEST))
def test_every_fact_is_at_the_hub_once_and_the_catalogue_is_the_hubs(
    first_seed: int, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the hub's feed is not applied")  # after restores
    for seed in range(first_seed, first_seed + SEEDS_PER_TEST):
        story = Story(seed)
        story.play(steps=120)
        story.finish()
        at_hub = [(entry.seq, entry.uuid, entry.hash) for entry in story.hub.state.entries]
        at_till = [(entry.seq, entry.uuid, entry.hash) for entry in story.outbox.entries]
        assert at_hub == at_till, f"seed {seed}"
        assert story.outbox.acked == len(at_till), f"seed {seed}"
        till_prices = {item_id: item.price_minor for item_id, item in story.feed.items.items()}
        assert till_prices == story.hub.prices_minor(), f"seed {seed}"
        assert story.statuses[-1].state is LinkState.ONLINE, f"seed {seed}"
        assert story.statuses[-1].waiting_entries == 0, f"seed {seed}"


def test_the_stories_are_full_of_faults(expected_logs: ExpectedLogs) -> None:
    """Else the test above would prove nothing."""
    expected_logs.expect("the hub's feed is not applied")
    states = {status.error_code for seed in range(20) for status in _played(seed).statuses}
    assert {"timeout", "no_connection"} <= states
    assert any(_played(seed).hub.epoch != "epoch-1" for seed in range(20))


def _played(seed: int) -> Story:
    story = Story(seed)
    story.play(steps=120)
    return story
