"""The student's lab folder: plain files, written so that nothing is lost."""
