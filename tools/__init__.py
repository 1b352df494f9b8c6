"""What developers run: the picture of the rooms, and mutation runs. The portal needs none of it."""
