"""Statistics on arrays and sufficient statistics; each with its interval and its n, none with a threshold."""
