"""Reads connection strings, a base64 line each, by libpq itself and prints what it makes of them, a JSON line each."""

import base64
import ctypes
import json
import sys


class Option(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_char_p)
        for name in ("keyword", "envvar", "compiled", "val", "label", "dispchar")
    ] + [("dispsize", ctypes.c_int)]


libpq = ctypes.CDLL(sys.argv[1])
libpq.PQconninfoParse.restype = ctypes.POINTER(Option)
libpq.PQconninfoParse.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p)]
libpq.PQconninfoFree.argtypes = [ctypes.POINTER(Option)]


def read(text):
    error = ctypes.c_char_p()
    options = libpq.PQconninfoParse(text, ctypes.byref(error))
    if not options:
        return error.value.decode(errors="replace")
    found = {}
    index = 0
    while options[index].keyword is not None:
        if options[index].val is not None:
            found[options[index].keyword.decode()] = options[index].val.decode(errors="replace")
        index += 1
    libpq.PQconninfoFree(options)
    return found


for line in sys.stdin:
    print(json.dumps(read(base64.b64decode(line))))
