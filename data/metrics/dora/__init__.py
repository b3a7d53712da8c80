"""DORA: how the team delivers."""
