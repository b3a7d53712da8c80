"""Charts of the tab "Forecast": they draw what the tab's own question asks."""
