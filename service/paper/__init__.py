"""Papers (公文): reports, letters and lead transfers as Word files in the official layout (GB/T 9704-2012), as PDF, and lists as workbooks."""
