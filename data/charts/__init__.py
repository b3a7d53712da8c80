"""Charts: one file each, drawn from the same rows as the numbers, with their tables and the issues behind each
point.
"""
