"""Makes the till's sounds in resources/sounds from sine tones; run it again after changing a tone here.

Usage: python packaging/make_sounds.py [FOLDER]
"""

import math
import struct
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

RATE_HZ = 22_050
EDGE_S = 0.008
"""Every tone fades in and out over this time: a hard edge would click."""
FOLDER = Path(__file__).parents[1] / "resources" / "sounds"


@dataclass(frozen=True, slots=True)
class Tone:
    frequency_hz: float
    """0 is a pause."""
    length_s: float
    loudness: float = 0.5


SOUNDS: dict[str, tuple[Tone, ...]] = {
    "good_scan": (Tone(1_760, 0.080),),
    "bad_scan": (Tone(330, 0.130, 0.7), Tone(0, 0.040), Tone(247, 0.130, 0.7)),
    "attention": (Tone(880, 0.120), Tone(0, 0.030), Tone(1_109, 0.160)),
}


def samples(tone: Tone) -> list[int]:
    count = round(tone.length_s * RATE_HZ)
    edge = round(EDGE_S * RATE_HZ)
    peak = tone.loudness * 32_767
    result = []
    for index in range(count):
        envelope = min(1.0, index / edge, (count - 1 - index) / edge)
        angle = 2 * math.pi * tone.frequency_hz * index / RATE_HZ
        # The third harmonic lets a low tone be heard from the small loudspeaker of a till.
        wave_form = (math.sin(angle) + 0.25 * math.sin(3 * angle)) / 1.25
        result.append(round(peak * envelope * wave_form))
    return result


def write_sound(path: Path, tones: tuple[Tone, ...]) -> None:
    values = [value for tone in tones for value in samples(tone)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(values)}h", *values))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, tones in SOUNDS.items():
        write_sound(folder / f"{name}.wav", tones)


if __name__ == "__main__":
    main()
