"""Scales: what they are asked, what they answer, and which of it is a weight to sell by."""
