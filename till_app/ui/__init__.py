"""The operator's window in Qt Widgets: it shows state and calls services; no SQL, no arithmetic, no rules."""
