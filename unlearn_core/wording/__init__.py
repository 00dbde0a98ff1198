"""Words that pages, reports, cards and the command line share."""
