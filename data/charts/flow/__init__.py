"""Charts of flow."""
