"""From the authors' files to what students and graders get."""
