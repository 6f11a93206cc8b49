"""What the files below policies/ say, as typed values: policies, waivers, roles, pipeline."""
