"""Cash drawers: behind a printer, or with a connection of their own."""
