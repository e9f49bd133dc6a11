"""What single exercises have in plain mode beyond what their definition gives: a file each, as their screens are."""
