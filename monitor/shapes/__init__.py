"""What goes over the wire: a contract of its own, so that the nouns inside may change."""
