"""Use cases of the till over ports: what a cashier, a manager or an installer does, without a screen."""
