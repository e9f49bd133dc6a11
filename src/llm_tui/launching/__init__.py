"""Handing trainings, sheets and comparisons to the lab's scheduler, and taking back what comes of them."""
