"""The number of the catalogue file's schema; apart, because who only asks for it needs none of its tables."""

SCHEMA_VERSION = 2
"""Raise it with every change of the schema; kept in the file as SQLite's `user_version` once it is ready."""
