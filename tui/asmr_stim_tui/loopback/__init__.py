"""A page in the user's own browser that plays the clip, served on this machine only.

``door`` says who may come in, ``server`` answers, ``media`` is what it hands out by the byte, and
``page_player`` lets the page play; ``page/`` is the page itself. Nothing is fetched from elsewhere.
"""
