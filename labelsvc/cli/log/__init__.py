"""Log: the command of the public log, its sources and its words."""
