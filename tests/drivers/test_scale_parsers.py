"""The scales' parsers: answers are whole however they are split, and noise is never a weight."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scales import avery_berkel, cas, nci, toledo_8217
from hardware.scales.asking import AnswerFinder
from hardware.scales.checksum import block_check
from hardware.scales.scale import (
    ScaleAnswerInvalid,
    ScaleUnitRefused,
    WeightReading,
    WeightState,
    grams_of,
)

Find = Callable[[bytes], WeightReading | None]

CAS_FRAME = b"\x01\x02S 00.412kg" + bytes([block_check(b"S 00.412kg")]) + b"\x03\x04"
BERKEL_FRAME = b"\x02\x2900412" + bytes([block_check(b"\x2900412")]) + b"\x03"
STABLE_412 = WeightReading(WeightState.STABLE, 412)
ANSWERS: list[tuple[Find, bytes, WeightReading]] = [
    (toledo_8217.find_reading, b"\x0200.412\r", STABLE_412),
    (toledo_8217.find_reading, b"\x02 0.412N\r", WeightReading(WeightState.STABLE, 412, is_net=True)),
    (toledo_8217.find_reading, b"\x0200.000\r", WeightReading(WeightState.ZERO)),
    (toledo_8217.find_reading, b"\x02?\x41\r", WeightReading(WeightState.MOVING)),
    (toledo_8217.find_reading, b"\x02?\x42\r", WeightReading(WeightState.OVER)),
    (toledo_8217.find_reading, b"\x02?\x45\r", WeightReading(WeightState.UNDER)),
    (toledo_8217.find_reading, b"\x02?\x50\r", WeightReading(WeightState.ZERO)),
    (nci.find_reading, b"\n00.412KG\r\nS00\r\x03", STABLE_412),
    (nci.find_reading, b"\n00.412KG\n\rS00\r\x03", STABLE_412),
    (nci.find_reading, b"\n00.412KG\r\nS10\r\x03", WeightReading(WeightState.MOVING, 412)),
    (nci.find_reading, b"\n00.412KG\r\nS0p4\r\x03", WeightReading(WeightState.STABLE, 412, is_net=True)),
    (nci.find_reading, b"\n00.000KG\r\nS20\r\x03", WeightReading(WeightState.ZERO)),
    (nci.find_reading, b"\nS01\r\x03", WeightReading(WeightState.UNDER)),
    (nci.find_reading, b"\rS02\r\x03", WeightReading(WeightState.OVER)),
    (nci.find_reading, b"\nS10\r\x03", WeightReading(WeightState.MOVING)),
    (cas.find_reading, CAS_FRAME, STABLE_412),
    (avery_berkel.find_reading, 2 * BERKEL_FRAME, STABLE_412),
]
WEIGHTS = [(find, raw) for find, raw, reading in ANSWERS if reading == STABLE_412]
FINDS = (toledo_8217.find_reading, nci.find_reading, cas.find_reading, avery_berkel.find_reading)


@pytest.mark.parametrize(("find", "raw", "reading"), ANSWERS)
def test_an_answer_is_the_same_wherever_it_is_split_and_whatever_came_before(
    find: Find, raw: bytes, reading: WeightReading
) -> None:
    for noise in (b"", b"\xff\x00?", raw[:-1], raw[: len(raw) // 2]):
        for cut in range(len(raw) + 1):
            finder = AnswerFinder(find)
            first = finder.feed(noise + raw[:cut])
            assert (first or finder.feed(raw[cut:])) == reading


@pytest.mark.parametrize(("find", "raw", "reading"), ANSWERS)
def test_an_answer_that_comes_byte_by_byte_is_there_with_its_last(
    find: Find, raw: bytes, reading: WeightReading
) -> None:
    finder = AnswerFinder(find)
    heard = [finder.feed(bytes([byte])) for byte in raw]
    assert heard == [None] * (len(raw) - 1) + [reading]


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_noise_is_never_a_weight(portions: list[bytes]) -> None:
    for find in FINDS:
        finder = AnswerFinder(find)
        for portion in portions:
            try:
                reading = finder.feed(portion)
            except (ScaleAnswerInvalid, ScaleUnitRefused):
                break
            assert reading is None or reading.state is not WeightState.STABLE


@given(st.data())
def test_a_byte_that_was_changed_on_the_line_is_never_another_weight(data: st.DataObject) -> None:
    """Where the protocol has a checksum; without one, parity is all there is."""
    for find, raw in ((cas.find_reading, CAS_FRAME), (avery_berkel.find_reading, 2 * BERKEL_FRAME)):
        at = data.draw(st.integers(0, len(raw) - 1))
        byte = data.draw(st.integers(0, 255))
        try:
            reading = AnswerFinder(find).feed(raw[:at] + bytes([byte]) + raw[at + 1 :])
        except (ScaleAnswerInvalid, ScaleUnitRefused):
            continue
        assert reading in (None, STABLE_412)


@given(st.integers(0, 99_999))
def test_every_weight_of_the_range_is_read_to_the_gram(grams: int) -> None:
    text = f"{grams / 1000:06.3f}"
    assert grams_of(text) == grams
    for find, raw in (
        (toledo_8217.find_reading, f"\x02{text}\r".encode()),
        (nci.find_reading, f"\n{text}KG\r\nS00\r\x03".encode()),
    ):
        reading = find(raw)
        assert reading is not None
        assert reading.grams == grams


@pytest.mark.parametrize("text", ["", ".", "1", "1.2345", "1.", "-1.000", "1 .2", "1.2 3", "0x1.0", "１.000"])
def test_what_is_no_weight_in_kilograms_is_refused(text: str) -> None:
    with pytest.raises(ScaleAnswerInvalid):
        grams_of(text)


@pytest.mark.parametrize(
    ("find", "raw"),
    [
        (toledo_8217.find_reading, b"\x02000.91\r"),
        (toledo_8217.find_reading, b"\x0200412\r"),
        (nci.find_reading, b"\n00.908LB\r\nS00\r\x03"),
        (nci.find_reading, b"\n14.500OZ\r\nS00\r\x03"),
        (cas.find_reading, b"\x01\x02S 00.908lb" + bytes([block_check(b"S 00.908lb")]) + b"\x03\x04"),
        (avery_berkel.find_reading, 2 * (b"\x02\x2a00908" + bytes([block_check(b"\x2a00908")]) + b"\x03")),
        (avery_berkel.find_reading, 2 * (b"\x02\x6900412" + bytes([block_check(b"\x6900412")]) + b"\x03")),
    ],
)
def test_a_weight_is_never_converted_from_another_unit_nor_is_its_unit_guessed(
    find: Find, raw: bytes
) -> None:
    with pytest.raises(ScaleUnitRefused):
        find(raw)


@pytest.mark.parametrize(
    ("find", "raw"),
    [
        (toledo_8217.find_reading, b"\x02?\x48\r"),
        (nci.find_reading, b"\n00.412KG\r\nS40\r\x03"),
        (nci.find_reading, b"\nx0.412KG\r\nS00\r\x03"),
        (nci.find_reading, b"\n00.412KG\r\nS08\r\x03"),
        (avery_berkel.find_reading, BERKEL_FRAME + BERKEL_FRAME.replace(b"412", b"421")),
        (avery_berkel.find_reading, 2 * (b"\x02\x0900412" + bytes([block_check(b"\x0900412")]) + b"\x03")),
    ],
)
def test_a_fault_of_the_scale_and_a_contradiction_are_told(find: Find, raw: bytes) -> None:
    with pytest.raises(ScaleAnswerInvalid):
        find(raw)


def test_a_line_that_never_pauses_does_not_fill_the_memory() -> None:
    finder = AnswerFinder(cas.find_reading)
    for _ in range(100):
        assert finder.feed(b"\xaa" * 100) is None
    assert len(finder.received) <= 256
    assert finder.feed(CAS_FRAME) == STABLE_412


def test_the_first_word_of_a_conversation_counts_alone_where_nothing_checks_it() -> None:
    assert avery_berkel.find_greeting(b"\x18") == b"\x18"
    assert avery_berkel.find_greeting(b"\x35\x18") is None
    assert avery_berkel.find_greeting(b"\x35\x06") == b"\x06"


class LateLine:
    """A line on which the answer to an earlier question lies already."""

    can_read = True
    bytes_per_s = 960.0
    sent_bytes = 0

    def __init__(self, late: bytes, answer: bytes) -> None:
        self._waiting = [late]
        self._answer = answer

    def write(self, data: bytes, deadline_s: float) -> None:
        self._waiting.append(self._answer)

    def read(self, count: int, deadline_s: float) -> bytes:
        return self._waiting.pop(0) if self._waiting else b""

    def close(self) -> None:
        """Nothing is open."""


def test_an_answer_that_came_too_late_is_not_taken_for_that_to_the_next_question() -> None:
    line = LateLine(b"\x0200.999\r", b"\x0200.412\r")
    assert toledo_8217.Toledo8217(line).read().grams == 412
