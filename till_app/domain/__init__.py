"""The rules of a shop as pure code: no clock, no files, no network, no third party."""
