"""Reading aloud: how a text is said, and the program that says it."""
