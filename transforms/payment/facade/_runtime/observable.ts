/** Stands for the class of rxjs, which a project has that has an HTTP service of Nest. */
export declare class Observable<T> {
  constructor(subscribe: (subscriber: Subscriber<T>) => void)
}

interface Subscriber<T> {
  next(value: T): void
  error(error: unknown): void
  complete(): void
}
