"""Jobs to be done."""
