"""The console (研判台): what people see in a browser. Who builds a page starts with README.md beside this file."""
