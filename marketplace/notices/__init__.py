"""Events to words: the inbox and the e-mail of whoever ought to know. The top room: it may look into every other."""
