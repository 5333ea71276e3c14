"""What a student meets in Jupyter: the grader, its cards and the export."""
