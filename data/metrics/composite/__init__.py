"""Numbers made of several metrics, one file per metric."""
