"""What an article tells: mentions of known names, and events with their roles and status."""
