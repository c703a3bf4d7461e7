/** The project or the command line is in the way. `message` says what happened and where, `advice` what to do. Exit code 2. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly advice: string
  constructor(message: string, advice: string) {
    super(message)
    this.advice = advice
  }
}

/** The recipe is not about what was asked for; another one may be. */
export class OutOfScope extends UserError {}
