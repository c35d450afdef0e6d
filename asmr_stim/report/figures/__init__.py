"""Figures that a paper could print: each function returns a matplotlib figure and writes nothing.

Colours are those of Okabe and Ito, told apart by people who see red and green alike; every
difference is also one of shape.
"""
