"""The bodies of the commands; each is imported only when it is called."""
