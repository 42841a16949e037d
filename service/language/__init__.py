"""The six official languages of the United Nations: what is said in which, and how days are written there."""
