"""Collaboration: who talks about the work."""
