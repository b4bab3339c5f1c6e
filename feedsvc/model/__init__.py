"""The words of feedsvc as frozen values: standard library only, no I/O, no rule of a craft."""
