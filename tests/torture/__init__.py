"""What stores and files go through: kills, failing disks, corrupt files, many programs at once. See
docs/reliability.md.
"""
