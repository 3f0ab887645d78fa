"""`escsync provision` and `escsync deprovision`: what the trackers lack is made, and taken away again."""
