"""Barcode scanners: bytes, reports and key events become frames; what a frame means is decided elsewhere."""
