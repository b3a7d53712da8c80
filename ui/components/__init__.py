"""Pieces of the page that are used more than once."""
