"""What is still to do in each exercise, a file each, in the order of its work: the steps of `next_step`."""
