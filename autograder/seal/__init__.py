"""A worker gives up its rights before it runs a line of student code."""
