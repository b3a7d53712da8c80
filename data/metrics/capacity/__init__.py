"""Capacity: what hangs."""
