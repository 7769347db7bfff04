"""Many pictures: a folder or a table in, pictures and one table of results out."""
