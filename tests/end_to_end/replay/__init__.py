"""Replays a file of real trade through the real services and a real hub, and compares all sides."""
