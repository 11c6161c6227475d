"""What the book needs around the program: figures and words, widgets, experiments."""
