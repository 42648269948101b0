"""Drivers for the till's peripherals, their simulations and a bench; the till itself is not known here."""
