"""Lead time: how long from the wish to done."""
