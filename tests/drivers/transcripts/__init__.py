"""Sessions of devices as they went over the wire; each is replayed through its driver by a test."""
