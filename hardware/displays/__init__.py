"""Displays with a line or two for the customer; a second screen is no device of this folder."""
