"""The contract as data: schemas of what is read and printed, and the default policy."""
