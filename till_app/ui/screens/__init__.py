"""The pages of the window: each is a `shell.Screen` and a QWidget, made from the shell alone."""
