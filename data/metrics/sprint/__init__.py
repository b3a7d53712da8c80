"""How healthy sprints are, one file per metric."""
