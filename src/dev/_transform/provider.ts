import { kind } from '#kit'

/** Stands for the provider's own file, so that the scaffold beside it is compiled and linted like any change. */
export const App = kind('application')
