"""The appearance of the page: functions that take plain values and return components."""
