"""Forecasts from daily throughput: how many by a date, when for so many items."""
