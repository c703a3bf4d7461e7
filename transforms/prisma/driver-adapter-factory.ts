import { defineChange } from '#kit'

export default defineChange({
  title: 'Driver adapters are made from settings, not from clients',
  why: 'Adapters became factories in 6.6: `PrismaNeon`, `PrismaNeonHTTP` and `PrismaLibSQL` take what a connection is made of, no pool and no client. `PrismaPg` and `PrismaPlanetScale` take either.',
  since: '6.6.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/6.6.0',
  fixable: 'never',
  stage: 'bump',
  byHand:
    'Write `new PrismaNeon({ connectionString })`, `new PrismaNeonHTTP(url, {})` and `new PrismaLibSQL({ url, authToken })`, and give every adapter the version of the client. Only programs that came to driver adapters with 5.4 to 6.5 have them.',
})
