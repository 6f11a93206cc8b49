"""What the files of the registry say, as typed values: models, versions, stages."""
