/** Waits for the port: the worker that listens there may still be starting. */
const relay = `import os, socket, sys, threading, time
end = time.monotonic() + 60
while True:
    try:
        s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        break
    except OSError:
        if time.monotonic() > end:
            sys.exit(1)
        time.sleep(0.1)
def send():
    while True:
        data = os.read(0, 65536)
        if not data:
            os._exit(0)
        s.sendall(data)
threading.Thread(target=send, daemon=True).start()
while True:
    data = s.recv(65536)
    if not data:
        os._exit(0)
    while data:
        data = data[os.write(1, data):]`;

/** The Python of BentoML's images is in a virtual environment that only their entry point activates. */
const inImage = 'PATH="/app/.venv/bin:$PATH" exec "$@"';

/** Returns a command for a container that connects its standard input and output to a port of the container. */
export const relayCommand = (python: string, port: number): readonly string[] => [
  ...['/bin/sh', '-c', inImage, 'sh'],
  ...[python, '-I', '-S', '-c', relay, String(port)],
];
