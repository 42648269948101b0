"""What till and hub say to each other: messages, error codes and the protocol version. Nothing else."""
