"""Charts of delivery."""
