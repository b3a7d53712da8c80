"""Charts of the tab "Explore": one for each metric of its question."""
