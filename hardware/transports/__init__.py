"""Ways to a device; every open, read and write ends at a deadline of ours."""
