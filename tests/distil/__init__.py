"""What the distiller makes of conversations that we invented."""
