"""The brain mask that comes with the program, and the script that made it."""
