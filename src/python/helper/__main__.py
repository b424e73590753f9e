"""The helper of one served bento: binds, spawns, signals, relays and reports.

All policy lives in the extension. Standard input is the life line: at its end, however that comes
about, everything started here is ended. Run as `python -I -S -B helper`.
"""

import errno
import json
import os
import shutil
import signal
import sys

from channel import Channel, ChannelClosed
from children import MARK, Children
from guard import start_guard
from kept import KeptTexts
from loop import make_loop
from sockets import Leases
from tree import make_tree

# Seconds that children get between the polite and the forced end when the life line breaks: all is over after two.
EOF_GRACE = 1.0
LONGEST_GRACE = 300
# In characters: what is wrong may be as long as the command.
LONGEST_MESSAGE = 1000


class Helper:
    def __init__(self):
        self.guard = start_guard(os.environ[MARK])
        self.loop = make_loop()
        self.channel = Channel(sys.stdin.fileno(), sys.stdout.fileno())
        self.tree = make_tree()
        self.leases = Leases()
        self.kept = KeptTexts()
        self.children = Children(self.loop, self.channel, self.tree)
        self.eof_grace = EOF_GRACE
        self.cleanup = []
        self.ending = False
        self.commands = {
            "init": self.init,
            "bind": self.leases.bind,
            "release": self.leases.release,
            "keep": self.keep,
            "spawn": self.children.spawn,
            "startForkServer": self.children.start_fork_server,
            "reset": self.reset,
            "terminate": self.children.terminate,
            "retire": self.children.retire,
            "accepting": self.accepting,
            "kill": self.children.kill,
            "listens": self.children.listens,
            "stopped": self.children.stopped,
        }

    def init(self, eofGrace=EOF_GRACE, cleanup=(), **_):
        if not 0 <= eofGrace <= LONGEST_GRACE:
            raise ValueError("the grace is not between 0 and %d seconds" % LONGEST_GRACE)
        if not all(isinstance(folder, str) and os.path.isabs(folder) for folder in cleanup):
            raise ValueError("a folder to remove is no absolute path")
        self.eof_grace = eofGrace
        self.cleanup = list(cleanup)
        self.guard.remember(self.cleanup)
        return {"pid": os.getpid(), "python": ".".join(map(str, sys.version_info[:3]))}

    def reset(self, **_):
        self.children.reset()
        self.leases.close()
        self.kept.close()

    def keep(self, text, **_):
        return self.kept.keep(text, self.cleanup[0])

    def accepting(self, **request):
        return self.children.accepting(inodes=self.leases.inodes(), **request)

    def run(self):
        self.loop.on_child_exit(self.children.reap)
        self.loop.read(self.channel.incoming, self.receive)
        # The terminal's Ctrl+C belongs to the extension. Not SIG_IGN: children would inherit that.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.loop.stop())
        try:
            self.loop.run()
        except ChannelClosed:
            pass
        finally:
            self.end()

    def receive(self, data):
        if data is None:
            return
        if not data:
            self.loop.stop()
            return
        for line in self.channel.feed(data):
            if line.strip():
                self.obey(line)

    def obey(self, line):
        """Answers whatever is said: who watches over processes must not fall over a word."""
        number = None
        try:
            message = json.loads(line.decode("utf-8"))
            if not isinstance(message, dict):
                raise ValueError("not a command")
            number = message.pop("id", None)
            if type(number) is not int:
                number = None
            command = self.commands.get(str(message.pop("do", None)))
            if command is None:
                raise ValueError("unknown command")
            reply = command(**message) or {}
            self.channel.send(dict(reply, re=number, ok=True))
        except ChannelClosed:
            raise
        except Exception as error:
            code = errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
            facts = getattr(error, "facts", {})
            said = str(error)[:LONGEST_MESSAGE]
            self.channel.send(dict(facts, re=number, ok=False, code=code, message=said))

    def end(self):
        self.channel.mute()
        self.leases.close()
        self.children.end(self.eof_grace)
        self.kept.close()
        for folder in self.cleanup:
            shutil.rmtree(folder, ignore_errors=True)
        self.guard.dismiss()


if __name__ == "__main__":
    Helper().run()
    # Not sys.exit: a reader thread blocked on a pipe must not hold the process (Windows).
    os._exit(0)
