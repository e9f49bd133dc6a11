"""How many labelled examples until training wins: the accuracy of one method at a time with so many of them."""
