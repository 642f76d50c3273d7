"""Matches become alerts, alerts become deliveries, deliveries become messages."""
