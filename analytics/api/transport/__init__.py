"""How requests come in and answers go out: bodies, parameters, formats, problems, pages."""
