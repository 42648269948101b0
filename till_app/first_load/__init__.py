"""A first load of the catalogue, as a process of its own: `python -m till_app.first_load`."""
