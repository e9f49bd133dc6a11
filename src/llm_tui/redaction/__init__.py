"""Personal data in texts: what may be some, and the text without it."""
