"""The demo shop on one machine: a hub as a child process, a paired till, a trading day that plays itself."""
