"""One file per screen: layout, keys, messages; no computation."""
