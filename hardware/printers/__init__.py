"""Receipt and label printers: what they are sent, what they answer, what became of a job."""
