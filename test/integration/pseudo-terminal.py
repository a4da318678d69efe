"""Runs a program on a pseudo-terminal, and says what it wrote there and how it ended.

Reads from standard input, as JSON: `command` (a list), `columns`, `environment`, `stdout` (a file that standard output goes
to; null for the terminal), `answers`: a list of what to do once a text has been seen, each `[text, "type", keys]`,
`[text, "resize", columns]` or `[text, "wait", file]` (makes `file.seen`, and waits until
`file` is there), one after the other.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

SECONDS = 60


def resize(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))


def main():
    order = json.load(sys.stdin)
    terminal, inside = pty.openpty()
    resize(terminal, order["columns"])
    process = os.fork()
    if process == 0:
        os.setsid()
        fcntl.ioctl(inside, termios.TIOCSCTTY, 0)
        for descriptor in (0, 1, 2):
            os.dup2(inside, descriptor)
        if order["stdout"] is not None:
            os.dup2(os.open(order["stdout"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.execvpe(order["command"][0], order["command"], order["environment"])
    os.close(inside)
    output = b""
    answers = list(order["answers"])
    seen = 0
    while True:
        if not select.select([terminal], [], [], SECONDS)[0]:
            os.kill(process, 9)
            break
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        output += data
        while answers and answers[0][0].encode() in output[seen:]:
            text, what, value = answers.pop(0)
            seen = output.index(text.encode(), seen) + len(text.encode())
            if what == "type":
                os.write(terminal, value.encode())
            elif what == "wait":
                open(value + ".seen", "w").close()
                while not os.path.exists(value):
                    time.sleep(0.02)
            else:
                resize(terminal, value)
    _, status = os.waitpid(process, 0)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    print(json.dumps({"code": code, "output": output.decode(errors="replace"), "left": len(answers)}))


main()
