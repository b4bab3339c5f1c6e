"""feedsvc behind the reverse proxies whose configuration is shipped, with the real servers."""
