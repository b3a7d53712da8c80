"""Flow Framework (Mik Kersten): how work moves."""
