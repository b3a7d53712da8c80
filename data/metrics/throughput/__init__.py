"""Throughput: how much comes in and goes out."""
