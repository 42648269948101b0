"""Keeping till and hub together: the hub's client, pull, push, and the thread that runs them."""
