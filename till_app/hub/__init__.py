"""The bundled back office: an HTTP API, a web page, its own database. It imports nothing of a till."""
