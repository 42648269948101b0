"""Card terminals: one interface, and a driver for each kind."""
