"""What every page stands on: the language it is in, who looks, the layout, and forms that lose nothing."""
