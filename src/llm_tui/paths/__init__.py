"""Files that a person chooses: what a terminal pastes for one, what there is in a folder, what was opened of late."""
