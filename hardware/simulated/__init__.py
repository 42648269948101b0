"""Devices that are not there: for tests, demo day and bench. They prove bytes, verdicts and deadlines."""
