"""What is kept about one person: given to them, and erased."""
