"""The typed result of a submission: its records, points, texts and files."""
