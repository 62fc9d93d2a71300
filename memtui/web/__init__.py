"""The app in a browser on this machine: who may enter (``gate``), and the server."""
