"""Customer displays of two lines of characters; what they say is decided elsewhere."""
