"""Finds devices, with as little permission and as few libraries as there are."""
