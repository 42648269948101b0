"""The screen that the customer sees: the basket while it grows, what is to pay, the shop when nobody buys."""
