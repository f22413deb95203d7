"""Writing what a run concluded into the store, whole or not at all."""
