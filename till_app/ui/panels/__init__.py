"""The questions that open over a screen; each closes itself and then says its answer by a signal."""
