/** A container image, taken apart: `ghcr.io/acme/node:16-alpine@sha256:…`. */
export interface ImageReference {
  /** Without registry: `node`, `library/node`, `cimg/node`. */
  readonly name: string
  /** `ghcr.io`, `localhost:5000`; absent for Docker Hub. */
  readonly registry?: string
  readonly tag?: string
  readonly digest?: string
}

/** Takes the reference of an image apart. Never throws; what is no reference comes back as a name. */
export function imageReference(text: string): ImageReference {
  const [plain = '', digest] = text.split('@', 2)
  const slash = plain.indexOf('/')
  const host = plain.slice(0, Math.max(slash, 0))
  const registry = /[.:]|^localhost$/.test(host) ? host : undefined
  const path = registry === undefined ? plain : plain.slice(slash + 1)
  const [name = '', tag] = path.split(':', 2)
  return {
    name,
    ...(registry === undefined ? {} : { registry }),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}
