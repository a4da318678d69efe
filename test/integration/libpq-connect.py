"""Connects by libpq itself, for each line {"conninfo": ..., "env": {...}}, and prints "tls", "plain" or its error, a JSON line each."""

import ctypes
import json
import os
import sys

libpq = ctypes.CDLL(sys.argv[1])
libpq.PQconnectdb.restype = ctypes.c_void_p
libpq.PQconnectdb.argtypes = [ctypes.c_char_p]
for name in ("PQstatus", "PQsslInUse"):
    getattr(libpq, name).argtypes = [ctypes.c_void_p]
libpq.PQerrorMessage.restype = ctypes.c_char_p
libpq.PQerrorMessage.argtypes = [ctypes.c_void_p]
libpq.PQfinish.argtypes = [ctypes.c_void_p]


def outcome(conninfo, env):
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    os.environ.update(env)
    connection = libpq.PQconnectdb(conninfo.encode())
    try:
        if libpq.PQstatus(connection) != 0:
            return {"error": libpq.PQerrorMessage(connection).decode(errors="replace")}
        return "tls" if libpq.PQsslInUse(connection) else "plain"
    finally:
        libpq.PQfinish(connection)


for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps(outcome(case["conninfo"], case["env"])))
