"""Whether all is as it should be: one finding for each thing that was looked at."""
