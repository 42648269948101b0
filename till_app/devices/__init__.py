"""Settings become drivers; each device has one worker, off the GUI thread."""
