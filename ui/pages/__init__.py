"""Pages that stand by themselves, as templates: signing in, and people and access."""
