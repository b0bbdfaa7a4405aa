"""The embedded store's server: a child process that keeps one workspace's graph and speaks Bolt on loopback."""
