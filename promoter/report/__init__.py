"""A decision as a person reads it; numbers become text here and nowhere else."""
