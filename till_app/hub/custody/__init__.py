"""The tills' journals at the hub: taken, applied once, kept for ever, and what a person settles."""
