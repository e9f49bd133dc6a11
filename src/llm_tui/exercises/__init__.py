"""The exercises: one file each, with its answers, its table and its document; the registry lists them."""
