"""Jobs to be done: what customers want to get done (specs), what happens (records), and whether delivery helps."""
