"""What is heard: stretches of a clip, played by a sound device, a browser, or a silent clock.

``player`` says what a player is and ``line`` what a device is; ``feed`` reads ahead for a device;
``devices`` knows sounddevice, miniaudio and the silent clock, and ``choice`` tries them in order;
``transport`` holds what is playing, how fast, and where.
"""
