"""Devices that are not there, in a window of their own: anyone can try the till without hardware."""
