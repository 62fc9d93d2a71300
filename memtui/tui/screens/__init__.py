"""The screens: they own what is asked of the lanes and answer the widgets."""
