"""Cash drawers: how each is opened, and whether it can say that it is open."""
