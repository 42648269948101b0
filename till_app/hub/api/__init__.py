"""The hub over HTTP: JSON for tills and for the back office, and one page for people."""
