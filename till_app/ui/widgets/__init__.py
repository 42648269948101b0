"""Reusable widgets: they take plain data, emit signals, and know neither services nor rules."""
