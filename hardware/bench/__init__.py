"""The bench's commands, a module for each kind of device; the command line itself is `hardware.__main__`."""
