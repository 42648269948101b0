"""Finding devices: ports, queues, printers on the network, and what is plugged in while we look."""
