"""One file for each task of the playground."""
