"""Quality: what comes back."""
