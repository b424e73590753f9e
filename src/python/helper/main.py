"""Obeys the extension, which decides everything.

Standard input is the life line: at its end, for whatever reason, everything started here is ended.
"""

import errno
import os
import shutil
import signal
import sys
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Union

from serve_bento_shared.json_lines import decode
from serve_bento_shared.mark import MARK

from .channel import Channel, ChannelClosed
from .children import Children
from .debugging import Debugging
from .deferred import Deferred
from .guard import start_guard
from .loop import make_loop
from .secret_files import SecretFiles
from .sockets import AddressUnavailable, Leases
from .tree import make_tree

Reply = Mapping[str, Any]

# Seconds that children get between the polite and the forced end when the life line breaks: all is over after two.
EOF_GRACE = 1.0
LONGEST_GRACE = 300
# In characters: what is wrong may be as long as the command.
LONGEST_MESSAGE = 1000


class Helper:
    def __init__(self) -> None:
        # First: the guard inherits whatever is open.
        self.guard = start_guard(os.environ[MARK])
        self.loop = make_loop()
        self.channel = Channel(sys.stdin.fileno(), sys.stdout.fileno())
        self.leases = Leases()
        self.secret_files = SecretFiles()
        tree = make_tree()
        self.debugging = Debugging(self.loop, self.channel, tree)
        self.children = Children(self.loop, self.channel, tree, self.debugging)
        self.eof_grace = EOF_GRACE
        self.cleanup: List[str] = []
        self.commands: Dict[str, Callable[..., Union[Reply, Deferred, None]]] = {
            "init": self.init,
            "bind": self.leases.bind,
            "release": self.leases.release,
            "keep": self.keep,
            "spawn": self.children.spawn,
            "startForkServer": self.children.start_fork_server,
            "prioritizeForkServer": self.children.prioritize_fork_server,
            "reset": self.reset,
            "attachDebugger": self.children.attach_debugger,
            "withdrawAttach": self.children.withdraw_attach,
            "profile": self.children.profile,
            "endProfile": self.children.end_profile,
            "dumpStacks": self.children.dump_stacks,
            "terminate": self.children.terminate,
            "retire": self.children.retire,
            "accepting": self.accepting,
            "kill": self.children.kill,
            "listens": self.children.listens,
            "stopped": self.children.stopped,
        }

    def init(self, eofGrace: float = EOF_GRACE, cleanup: Sequence[str] = (), **_: Any) -> Reply:
        if not 0 <= eofGrace <= LONGEST_GRACE:
            raise ValueError("the grace is not between 0 and %d seconds" % LONGEST_GRACE)
        if not all(isinstance(folder, str) and os.path.isabs(folder) for folder in cleanup):
            raise ValueError("a folder to remove is no absolute path")
        self.eof_grace = eofGrace
        self.cleanup = list(cleanup)
        self.guard.remember(self.cleanup)
        if self.cleanup:
            self.debugging.open(self.cleanup[0])
        return {"pid": os.getpid(), "python": ".".join(map(str, sys.version_info[:3]))}

    def reset(self, **_: Any) -> None:
        self.children.reset()
        self.leases.close()
        self.secret_files.close()

    def keep(self, text: str, **_: Any) -> Reply:
        return {"path": self.secret_files.write(text, self.cleanup[0])}

    def accepting(self, **request: Any) -> Reply:
        return self.children.accepting(inodes=self.leases.inodes(), **request)

    def run(self) -> None:
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

    def receive(self, data: Optional[bytes]) -> None:
        if data is None:
            return
        if not data:
            self.loop.stop()
            return
        for line in self.channel.feed(data):
            if line.strip():
                self.obey(line)

    def obey(self, line: bytes) -> None:
        """Answers whatever comes: a process that watches over others must not fail because of a bad command."""
        number = None
        try:
            message = decode(line)
            number = message.pop("id", None)
            if type(number) is not int:
                number = None
            command = self.commands.get(str(message.pop("do", None)))
            if command is None:
                raise ValueError("unknown command")
        except Exception as error:
            self.refuse(number, error, {})
            return
        self.answer(number, lambda: command(**message))

    def answer(self, number: Optional[int], outcome: Callable[[], Union[Reply, Deferred, None]]) -> None:
        try:
            reply = outcome()
            if isinstance(reply, Deferred):
                reply.on_settled(lambda settled: self.answer(number, settled))
            else:
                self.channel.send({**(reply or {}), "re": number, "ok": True})
        except ChannelClosed:
            raise
        except AddressUnavailable as error:
            self.refuse(number, error.reason, {"holder": error.holder})
        except Exception as error:
            self.refuse(number, error, {})

    def refuse(self, number: Optional[int], error: Exception, facts: Reply) -> None:
        code = errno.errorcode.get(getattr(error, "errno", None) or 0, type(error).__name__)
        message = str(error)[:LONGEST_MESSAGE]
        self.channel.send({**facts, "re": number, "ok": False, "code": code, "message": message})

    def end(self) -> None:
        self.channel.mute()
        self.leases.close()
        self.children.end(self.eof_grace)
        self.secret_files.close()
        self.debugging.close()
        for folder in self.cleanup:
            shutil.rmtree(folder, ignore_errors=True)
        self.guard.dismiss()
