"""`python -m tests.benchmarks.bare_download URL TOKEN FILE`: fetch, unpack, write and sync, and nothing else.

The limit of a snapshot's load; it starts as the till's own process does, with the same libraries and
priority.
"""

import os
import sys

import requests
import zstandard

from till_app.first_load.priority import step_back, step_back_further

_PIECE_BYTES = 65_536


def main(url: str, token: str, path: str) -> None:
    step_back()
    step_back_further()
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        with session.get(url, headers=headers, stream=True, timeout=60) as response, open(path, "wb") as file:
            response.raise_for_status()
            unpacking = zstandard.ZstdDecompressor().decompressobj()
            for piece in response.raw.stream(_PIECE_BYTES):
                file.write(unpacking.decompress(piece))
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
