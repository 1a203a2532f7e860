"""A small mail server for tests: takes every message, slowly if asked, and remembers it."""

import socketserver
import threading
import time


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self._say("220 sink")
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word.startswith((b"EHLO", b"HELO")):
                self._say("250 sink")
            elif answer := self._planned(word):
                self._say(answer)
            elif word == b"DATA":
                if self.server.lines_to_break:
                    self.server.lines_to_break -= 1
                    return
                self._take()
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _planned(self, word):
        """What this server was told to say to a recipient."""
        if not word.startswith(b"RCPT"):
            return ""
        answers = self.server.answers.items()
        return next((words for name, words in answers if name.upper().encode() in word), "")

    def _take(self):
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.server.messages.append(b"".join(lines).decode())
        time.sleep(self.server.pause)
        self._say("250 taken")

    def _say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


class MailSink(socketserver.ThreadingTCPServer):
    """`messages` are those whose text arrived, whether or not the sender heard the answer.

    `answers` says what to answer to an address; `lines_to_break` how many lines go dead at DATA.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, pause=0.0):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.pause, self.messages = pause, []
        self.answers, self.lines_to_break = {}, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    @property
    def message_ids(self):
        return [
            line.partition(":")[2].strip()
            for message in self.messages
            for line in message.splitlines()
            if line.lower().startswith("message-id:")
        ]

    def handle_error(self, request, client_address):
        """A sender that was killed in the middle is what these tests are about."""
