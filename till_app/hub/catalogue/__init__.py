"""What the hub owns and its tills sell by: single edits and views of it, with their feed records."""
