"""The messy form: what offices really send, made from the clean tables. (Being written by another founder: the planters' author leaves it alone.)"""
