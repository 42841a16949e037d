"""How one who runs the service can see it: is it alive and ready, what is it doing, what has it done."""
