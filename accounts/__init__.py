"""Who may log in: users, their roles, and the link to the moderator whose work is theirs."""
