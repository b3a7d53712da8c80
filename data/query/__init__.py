"""Questions of programs and of the tab Explore: a typed spec, one SELECT for it, and its answer."""
