"""What is true: Jira, the issue store, metrics, settings and caches; knows nothing of Dash, Flask or Typer."""
