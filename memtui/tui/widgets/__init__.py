"""The widgets: attributes down, messages up, none of them knows the app."""
