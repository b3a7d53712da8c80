"""What it looks like: values in, components out."""
