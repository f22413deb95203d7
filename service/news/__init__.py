"""Telling other platforms (事件推送): who hears of what, and carrying it to them once at least and in its order."""
