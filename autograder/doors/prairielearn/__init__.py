"""PrairieLearn's door: the grader of an external grading job, and the question that calls it."""
