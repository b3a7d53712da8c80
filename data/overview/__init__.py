"""What a leader sees first: what changed, what is ageing, what cannot be trusted."""
