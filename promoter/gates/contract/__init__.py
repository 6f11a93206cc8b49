"""What every gate is made of: what it sees, what it finds, what it declares."""
