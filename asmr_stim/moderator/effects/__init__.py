"""Effects: at first, which way they go where nothing else is known."""
