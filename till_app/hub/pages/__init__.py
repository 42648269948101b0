"""The hub's pages for people."""
