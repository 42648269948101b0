"""The file in which a till keeps what its hub owns, as both the till and the hub know it."""
