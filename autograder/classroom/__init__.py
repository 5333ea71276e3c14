"""Grades many submissions, and shows what became of them."""
