"""Reading a shop's CSV files into the hub: odd rows are reported by line, the good ones go in together."""
