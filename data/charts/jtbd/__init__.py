"""Charts of jobs to be done."""
