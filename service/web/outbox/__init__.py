"""What was sent, what came back, what will be sent."""
