"""Charts of the tab "Sprints": the closed sprints of a board, one after the other."""
