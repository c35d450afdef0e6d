"""Lists of named steps that join the rooms: review, ALE, features."""
