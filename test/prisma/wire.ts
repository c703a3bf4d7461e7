import { createServer, type Server, type Socket } from 'node:net'

/** What of PGlite is used here: one message of PostgreSQL's protocol in, the messages that answer it out. */
export interface Backend {
  execProtocolRaw(message: Uint8Array): Promise<Uint8Array>
}

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104

/**
 * Lets clients of PostgreSQL speak with a backend that has one session. Whoever is in a transaction has it alone until the
 * end, all others wait. After an error nothing is run up to the next `Sync`, which gets the one answer that it is ready:
 * the backend itself answers so after every message that fails, and a client that is told twice believes the next query to
 * be over.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export async function serve(backend: Backend): Promise<{ readonly port: number; close(): Promise<void> }> {
  const session = new Session()
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    const connection = new Connection(socket, backend, session)
    socket.on('data', (chunk) => connection.receive(chunk))
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      sockets.delete(socket)
      void connection.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The one session, which belongs to one connection at a time. */
class Session {
  #owner: Connection | undefined
  readonly #waiting: { readonly who: Connection; readonly go: () => void }[] = []

  take(who: Connection): Promise<void> {
    if (this.#owner === who || this.#owner === undefined) {
      this.#owner = who
      return Promise.resolve()
    }
    return new Promise((go) => this.#waiting.push({ who, go }))
  }

  release(who: Connection): void {
    if (this.#owner !== who) return
    const next = this.#waiting.shift()
    this.#owner = next?.who
    next?.go()
  }
}

class Connection {
  readonly #socket: Socket
  readonly #backend: Backend
  readonly #session: Session
  #buffer = Buffer.alloc(0)
  #started = false
  #failed = false
  #inTransaction = false
  #work = Promise.resolve()

  constructor(socket: Socket, backend: Backend, session: Session) {
    this.#socket = socket
    this.#backend = backend
    this.#session = session
  }

  receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    for (let message = this.#next(); message; message = this.#next()) {
      const one = message
      this.#work = this.#work.then(() => this.#handle(one)).catch((error) => void this.#socket.destroy(error as Error))
    }
  }

  /** Gives the session back, and takes back what was not committed. */
  async end(): Promise<void> {
    await this.#work
    if (this.#inTransaction) await this.#backend.execProtocolRaw(message('Q', Buffer.from('ROLLBACK\0')))
    this.#session.release(this)
  }

  /** The next whole message: before the start one without a type, which is 0 here. */
  #next(): { readonly type: string; readonly bytes: Buffer } | undefined {
    const head = this.#started ? 1 : 0
    if (this.#buffer.length < head + 4) return undefined
    const length = head + this.#buffer.readInt32BE(head)
    if (this.#buffer.length < length) return undefined
    const bytes = this.#buffer.subarray(0, length)
    this.#buffer = this.#buffer.subarray(length)
    if (head === 1) return { type: String.fromCharCode(bytes[0]!), bytes }
    const code = bytes.readInt32BE(4)
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { type: 'ssl', bytes }
    this.#started = true
    return { type: 'start', bytes }
  }

  async #handle({ type, bytes }: { readonly type: string; readonly bytes: Buffer }): Promise<void> {
    if (type === 'ssl') return this.#send(Buffer.from('N'))
    if (type === 'start') return this.#send(GREETING)
    if (type === 'X') return void this.#socket.end()
    if (this.#failed && type !== 'S') return
    await this.#session.take(this)
    const answers = split(await this.#backend.execProtocolRaw(bytes))
    const ends = type === 'S' || type === 'Q'
    this.#failed = !ends && answers.some((one) => one[0] === ERROR)
    const ready = answers.findLast((one) => one[0] === READY)
    this.#send(Buffer.concat(answers.filter((one) => one[0] !== READY || (ends && one === ready))))
    if (!ends || ready === undefined) return
    this.#inTransaction = ready[5] !== IDLE
    if (!this.#inTransaction) this.#session.release(this)
  }

  #send(bytes: Buffer): void {
    if (!this.#socket.destroyed && bytes.length > 0) this.#socket.write(bytes)
  }
}

const [ERROR, READY, IDLE] = ['E', 'Z', 'I'].map((letter) => letter.charCodeAt(0)) as [number, number, number]

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

/** Messages that stand one after the other. */
function split(bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes)
  const messages: Buffer[] = []
  for (let at = 0; at < buffer.length; ) {
    const end = at + 1 + buffer.readInt32BE(at + 1)
    messages.push(buffer.subarray(at, end))
    at = end
  }
  return messages
}

/** What a client is told when it has connected: that nobody asks for a password, what is spoken, and that it may ask. */
const GREETING = Buffer.concat([
  message('R', Buffer.alloc(4)),
  ...Object.entries({
    server_version: '17.5',
    client_encoding: 'UTF8',
    standard_conforming_strings: 'on',
    TimeZone: 'GMT',
  }).map(([name, value]) => message('S', Buffer.from(`${name}\0${value}\0`))),
  message('K', Buffer.alloc(8)),
  message('Z', Buffer.from('I')),
])
