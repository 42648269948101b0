"""What went over the wire between a driver and a device: written down, and played back to a driver."""
