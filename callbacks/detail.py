"""What one number is made of: the panel from the right."""
