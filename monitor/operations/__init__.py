"""What keeps the daemon up and tells others how it is: systemd, health, figures, a ping."""
