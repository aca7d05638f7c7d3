"""What other tools are told of a project's KPIs, and what is taken from them: never more than is exactly true."""
