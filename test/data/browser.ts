import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The Chromium of this machine, or nothing: then there is no browser to test in. */
export const chromium: string | undefined = process.env['CHROMIUM'] ?? NAMES.find(isThere)

function isThere(name: string): boolean {
  return process.platform !== 'win32' && spawnSync('which', [name], { stdio: 'ignore' }).status === 0
}

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--hide-scrollbars',
  '--no-first-run',
  // nothing leaves the machine
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
]

/** A page in a browser without a window, driven through the DevTools protocol over a pipe. */
export class Page {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #waiting = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>()
  #session: string | undefined
  #last = 0
  /** What the console of the page said, and what it tried to load. */
  readonly log: string[] = []
  readonly requests: string[] = []

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
    let buffer = ''
    const from = child.stdio[4] as Readable
    from.setEncoding('utf8').on('data', (text: string) => {
      const messages = (buffer + text).split('\0')
      buffer = messages.pop() ?? ''
      for (const message of messages) this.#receive(JSON.parse(message))
    })
  }

  /** Opens a file in a page of the given size, and waits until its script is done. */
  static async open(file: string, width = 1280, height = 900): Promise<Page> {
    const folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-browser-'))
    const child = spawn(chromium!, [...FLAGS, `--user-data-dir=${folder}`, `--window-size=${width},${height}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      // a group of its own, so that its helper processes end with it
      detached: true,
    })
    const page = new Page(child, folder)
    try {
      await page.#start(file, width, height)
      return page
    } catch (error) {
      await page.close()
      throw error
    }
  }

  async #start(file: string, width: number, height: number): Promise<void> {
    const { targetInfos } = await this.send<{ targetInfos: { targetId: string; type: string }[] }>('Target.getTargets')
    const { targetId } = targetInfos.find(({ type }) => type === 'page')!
    this.#session = (await this.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })).sessionId
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.send(`${domain}.enable`)
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
    await this.send('Page.navigate', { url: pathToFileURL(file).href })
    const ready = 'document.readyState + document.documentElement?.dataset.ready'
    for (let tries = 0; tries < 400; tries++) {
      if ((await this.evaluate(ready)) === 'completetrue') return
      await setTimeout(50)
    }
    throw new Error(`${file} was never ready: ${this.log.join('; ')}`)
  }

  #receive(message: { id?: number; method?: string; params?: never; result?: unknown; error?: { message: string } }): void {
    if (message.id !== undefined) return this.#waiting.get(message.id)?.(message)
    const params = message.params as Record<string, never> | undefined
    if (message.method === 'Runtime.consoleAPICalled' || message.method === 'Runtime.exceptionThrown') this.log.push(JSON.stringify(params))
    if (message.method === 'Log.entryAdded') this.log.push(JSON.stringify(params))
    if (message.method === 'Network.requestWillBeSent') this.requests.push((params?.['request'] as unknown as { url: string }).url)
  }

  /** One command of the DevTools protocol. */
  send<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#last
    const message = { id, method, params, ...(this.#session ? { sessionId: this.#session } : {}) }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result as T)))
      ;(this.#child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`)
    })
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send<{
      result: { value?: unknown }
      exceptionDetails?: { text: string; exception?: { description?: string } }
    }>('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })
    const wrong = answer.exceptionDetails
    if (wrong) throw new Error(wrong.exception?.description ?? wrong.text)
    return answer.result.value
  }

  /** Presses a key as a person does. */
  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : key === 'Enter' ? { text: '\r' } : {}
    const code = { Enter: 13, Escape: 27 }[key]
    const windowsVirtualKeyCode = code === undefined ? {} : { windowsVirtualKeyCode: code }
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text, ...windowsVirtualKeyCode })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, ...windowsVirtualKeyCode })
  }

  /** A picture of what is in view, as PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.send<{ data: string }>('Page.captureScreenshot', { format: 'png' })
    return Buffer.from(data, 'base64')
  }

  /** Ends the browser and removes what it wrote. */
  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve))
      process.kill(-this.#child.pid!, 'SIGKILL')
      await ended
    }
    // a helper process may still be writing when the browser has ended: removed again, for up to five seconds
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}
