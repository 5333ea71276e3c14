"""The processes behind a grading: the fork server, the sealed workers that it forks, and the channel to them."""
