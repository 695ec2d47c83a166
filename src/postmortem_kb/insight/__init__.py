"""What a catalog says as a whole: pure functions of postmortems and a date."""
